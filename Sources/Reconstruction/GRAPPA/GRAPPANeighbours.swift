import Acquisition

/// Which sampled neighbours a missing sample is made of.
///
/// Of a mask of columns the nearest sampled columns on either side, and the rows about; of a mask of points
/// those in a window. Neighbours that the calibration block is too small to hold together are left out, the
/// farthest first.
struct GRAPPANeighbours {
  /// A neighbour's place relative to the missing sample.
  struct Offset: Hashable, Comparable {
    let row: Int
    let column: Int

    static func < (a: Offset, b: Offset) -> Bool { (a.row, a.column) < (b.row, b.column) }
  }

  private let mask: SamplingMask
  private let rows: Int
  private let columns: Int
  private let settings: GRAPPA.Settings
  /// The fully sampled block that the kernels are fitted to.
  let calibration: (rows: Range<Int>, columns: Range<Int>)

  /// For k-space of `rows × columns`.
  init(mask: SamplingMask, rows: Int, columns: Int, settings: GRAPPA.Settings) {
    (self.mask, self.rows, self.columns, self.settings) = (mask, rows, columns, settings)
    calibration = (mask.calibrationRows ?? 0..<rows, mask.calibrationColumns)
  }

  private func isSampled(_ row: Int, _ column: Int) -> Bool {
    guard (0..<rows).contains(row), (0..<columns).contains(column) else { return false }
    return mask.rows == nil ? mask.samples[column] : mask.samples[row * columns + column]
  }

  /// The missing samples by the neighbours that they have, in the order of these; samples without any are left
  /// out.
  func groups() -> [(neighbours: [Offset], targets: [Int])] {
    var groups: [[Offset]: [Int]] = [:]
    if mask.rows == nil {
      let reach = settings.kernelRows / 2
      for column in 0..<columns where !mask.samples[column] {
        let chosen = neighbouringColumns(column)
        if chosen.isEmpty { continue }
        let offsets = (-reach...reach).flatMap { r in chosen.map { Offset(row: r, column: $0) } }
        groups[offsets, default: []] += (0..<rows).map { $0 * columns + column }
      }
    } else {
      for row in 0..<rows {
        for column in 0..<columns where !isSampled(row, column) {
          let offsets = neighbouringPoints(row, column)
          if !offsets.isEmpty { groups[offsets, default: []].append(row * columns + column) }
        }
      }
    }
    return groups.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map { ($0.key, $0.value) }
  }

  /// The nearest sampled columns on either side, as many as fit into the calibration block.
  private func neighbouringColumns(_ column: Int) -> [Int] {
    let each = settings.kernelColumns / 2
    let before = (0..<column).reversed().filter { mask.samples[$0] }.prefix(each)
    let behind = (column + 1..<columns).filter { mask.samples[$0] }.prefix(each)
    var offsets = (before + behind).map { $0 - column }.sorted { (abs($0), $0) < (abs($1), $1) }
    // With one place to learn from, a fit knows the noise of that place by heart.
    while !offsets.isEmpty, span(offsets) + 1 >= calibration.columns.count { offsets.removeLast() }
    return offsets.sorted()
  }

  private func neighbouringPoints(_ row: Int, _ column: Int) -> [Offset] {
    let (down, across) = (settings.windowRows / 2, settings.windowColumns / 2)
    var offsets: [Offset] = []
    for r in -down...down {
      for c in -across...across where isSampled(row + r, column + c) {
        offsets.append(Offset(row: r, column: c))
      }
    }
    return offsets
  }

  /// From the first to the last of the offsets and 0.
  private func span(_ offsets: [Int]) -> Int {
    max(0, offsets.max() ?? 0) - min(0, offsets.min() ?? 0)
  }

  /// Where in the calibration block all of some neighbours and their sample lie.
  func windows(of offsets: [Offset]) -> (rows: Range<Int>, columns: Range<Int>) {
    func range(_ block: Range<Int>, _ offsets: [Int]) -> Range<Int> {
      let low = block.lowerBound - min(0, offsets.min() ?? 0)
      return low..<max(low, block.upperBound - max(0, offsets.max() ?? 0))
    }
    return (
      range(calibration.rows, offsets.map(\.row)),
      range(calibration.columns, offsets.map(\.column))
    )
  }
}
