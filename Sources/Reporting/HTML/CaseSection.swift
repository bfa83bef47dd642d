import Evaluation
import Experiments

/// The cases: reference, reconstructions, error maps and figures of single slices.
struct CaseSection {
  /// A figure of a slice, or a column of them.
  struct Metric {
    let name: String
    var text = ""
    var unit = ""
  }

  struct Method {
    let label, image, error: String
    let priorShare: String
    let hasPriorShare: Bool
    let figures: [Metric]
    let isMain: Bool
    let main: String
  }

  struct Case {
    let title, place, mask: String
    let reference: String
    let rows, columns: Int
    let strip: String
    let methods: [Method]
    let missing: String
    let hasPriorShare: Bool
  }

  struct Tick {
    let text: String
  }

  let cases: [Case]
  let hasCases: Bool
  let mainMethod: String
  /// Why there are no cases, or why some are left out.
  let notice: String
  let metrics: [Metric]
  /// Where the figures in the captions are taken.
  let region: String
  let colourBar: String
  let errorFactor: Int
  let upperEnd: Int

  /// The pictures of a page take at most this many bytes.
  static let mostBytes = 11_000_000

  init(_ content: ReportContent, mostBytes: Int = Self.mostBytes) throws {
    let chosen = CaseChoice.cases(content)
    let rows = Self.rows(content)
    // What matters most finds room first, whatever the order in which cases are shown.
    let order = chosen.indices.sorted { (chosen[$0].priority, $0) < (chosen[$1].priority, $1) }
    var pictures: [Int: CasePictures] = [:]
    var bytes = 0
    var omitted = 0
    for index in order {
      let row = chosen[index].row
      let others = rows[Key(row)] ?? []
      guard let found = try CasePictures(others, images: content.images) else { continue }
      if bytes + found.bytes > mostBytes, !pictures.isEmpty {
        omitted += 1
        continue
      }
      bytes += found.bytes
      pictures[index] = found
    }
    cases = chosen.indices.compactMap { index in
      pictures[index].map { Self.show(chosen[index], $0, rows: rows, content) }
    }
    hasCases = !cases.isEmpty
    mainMethod = content.mainMethod ?? ""
    if chosen.isEmpty {
      notice = "No slice of \(mainMethod) has been measured yet."
    } else if !content.record.keepsImages {
      notice =
        "Images were not kept in this run (images: none in its protocol), so that none are shown."
    } else if cases.isEmpty {
      notice = "The images of this run are no longer in its folder, so that none are shown."
    } else if omitted > 0 {
      notice = "Left out to keep the file small: \(FigureText.count(omitted, "further case"))."
    } else {
      notice = ""
    }
    metrics = Self.shown(content).map { Metric(name: $0.titleWithUnit) }
    region = CaseChoice.region(content).map(StudyWords.region) ?? ""
    let stops = ColourMap.inferno.hexadecimalColours(9)
    colourBar = "linear-gradient(to right, \(stops.joined(separator: ", ")))"
    errorFactor = Int(SliceWindow.errorFactor)
    upperEnd = Int((100 / SliceWindow.errorFactor).rounded())
  }

  /// A slice under one draw of a mask, whatever the method.
  private struct Key: Hashable {
    let scan, mask, seed: String
    let acceleration, centerFraction: Double
    let slice: Int

    init(_ row: SliceResult) {
      scan = row.condition.scan
      mask = row.condition.mask
      seed = row.condition.seed
      acceleration = row.condition.acceleration
      centerFraction = row.condition.centerFraction
      slice = row.slice
    }
  }

  private static func rows(_ content: ReportContent) -> [Key: [SliceResult]] {
    let region = CaseChoice.region(content)
    return Dictionary(
      grouping: content.tables.table.rows.filter { $0.region == region }, by: Key.init)
  }

  /// The metrics in the captions: the first four.
  private static func shown(_ content: ReportContent) -> [Evaluation.Metric] {
    Array(content.tables.metrics.prefix(4))
  }

  private static func show(
    _ chosen: ReportCase, _ pictures: CasePictures, rows: [Key: [SliceResult]],
    _ content: ReportContent
  ) -> Case {
    let condition = chosen.row.condition
    let acceleration = "\(PrintedNumber.short(condition.acceleration))×"
    let achieved = condition.achievedAcceleration.text(digits: 2)
    let mask =
      "\(condition.mask) mask, asked \(acceleration), achieved \(achieved)×, "
      + "\(condition.acsLines) calibration lines, seed \(condition.seed)"
    let strip =
      content.images.mask(chosen.row).map { MaskStrip.svg($0.samples, rows: $0.rows, label: mask) }
      ?? ""
    let kept = Set(pictures.methods.map(\.row.condition.method))
    let missing = content.methods.filter { !kept.contains($0) }
    return Case(
      title: "\(acceleration) \(condition.mask): \(FigureText.list(chosen.reasons)) of "
        + "\(condition.method)",
      place: "Scan \(condition.scan), patient \(condition.patient), slice \(chosen.row.slice) "
        + "(counted from 0), \(condition.anatomy) \(condition.contrast), \(condition.data)",
      mask: mask, reference: pictures.reference, rows: pictures.rows, columns: pictures.columns,
      strip: strip,
      methods: content.methods.compactMap { label in
        pictures.methods.first { $0.row.condition.method == label }.map { method in
          Method(
            label: label, image: method.image, error: method.error,
            priorShare: method.priorShare ?? "", hasPriorShare: method.priorShare != nil,
            figures: shown(content).map { metric in
              let value = method.row.metrics[metric.rawValue]
              return Metric(
                name: metric.title,
                text: value.map {
                  FigureText.plain(
                    $0, digits: PrintedNumber.digits(for: [$0], least: metric.digits))
                } ?? "–", unit: metric.unit.isEmpty ? "" : " \(metric.unit)")
            },
            isMain: label == content.mainMethod, main: label == content.mainMethod ? "main" : "")
        }
      },
      missing: missing.isEmpty ? "" : "No image of \(FigureText.list(missing)).",
      hasPriorShare: pictures.methods.contains { $0.priorShare != nil })
  }
}
