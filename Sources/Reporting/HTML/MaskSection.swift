import Experiments

/// The masks: a strip, or a picture, of each pattern, acceleration and seed.
struct MaskSection {
  struct Row {
    let pattern, asked, achieved, lines, centre, seed, scans: String
    let strip: String
    let others: String
  }

  let rows: [Row]

  private struct Key: Hashable {
    let pattern: String
    let acceleration, centerFraction: Double
    let seed: String
  }

  init(_ record: SweepRecord) {
    var order: [Key] = []
    var groups: [Key: [SweepRecord.Mask]] = [:]
    for mask in record.masks {
      // A seed that is no number is the name of the scan's file.
      let seed = UInt32(mask.seed) == nil ? "the file's name" : mask.seed
      let key = Key(
        pattern: mask.pattern, acceleration: mask.acceleration,
        centerFraction: mask.centerFraction, seed: seed)
      if groups[key] == nil { order.append(key) }
      groups[key, default: []].append(mask)
    }
    rows = order.compactMap { key in
      guard let masks = groups[key], let first = masks.first else { return nil }
      let different = Set(masks.map { "\($0.columnCount) \($0.columns)" }).count
      return Row(
        pattern: key.pattern, asked: PrintedNumber.short(key.acceleration) + "×",
        achieved: FigureText.range(masks.map(\.achievedAcceleration), digits: 2) + "×",
        lines: FigureText.range(masks.map { Double($0.acsLines) }, digits: 0),
        centre: PrintedNumber.short(key.centerFraction), seed: key.seed,
        scans: "\(Set(masks.map(\.scan)).count)",
        strip: MaskStrip.svg(
          first.samples, rows: first.rows,
          label: "\(key.pattern) mask, \(PrintedNumber.short(key.acceleration))×, seed \(key.seed)"),
        others: different > 1
          ? "\(first.scan); \(FigureText.count(different - 1, "other mask")) on the other scans"
          : "")
    }
  }
}
