import Evaluation
import Experiments

/// What was done, in plain sentences.
struct StudyWords {
  struct Method {
    let label: String
    let line: String
  }

  let sentences: [String]
  let methods: [Method]
  let reading: [String]

  init(_ content: ReportContent) {
    let (record, tables) = (content.record, content.tables)
    let count = FigureText.count
    let slices = record.scans.reduce(0) { $0 + $1.slices.count }
    let patients = Set(record.scans.map(\.patient)).count
    let kinds = Self.unique(record.scans.map { "\($0.anatomy) \($0.contrast)" })
    let simulated = record.scans.count { $0.data == "simulated" }
    var sentences = [
      "\(count(patients, "patient", nil)) with \(count(record.scans.count, "scan", nil)) "
        + "(\(FigureText.list(kinds))), \(count(slices, "slice", nil)) in all, from the data set "
        + "“\(record.dataset.title)”."
    ]
    switch simulated {
    case 0:
      sentences.append("The k-space was measured; the missing lines were left out afterwards.")
    case record.scans.count:
      sentences.append("The data are simulated: k-space was made from images.")
    default:
      sentences.append(
        "Of the \(record.scans.count) scans, \(simulated) are simulated: their k-space was made "
          + "from images.")
    }
    if let note = record.dataset.note { sentences.append("Note on the data: \(note)") }
    sentences.append(
      "K-space was undersampled by \(FigureText.list(Self.masks(record))); the acceleration that was "
        + "achieved stands in every table and chart.")
    sentences.append(
      "Each slice was reconstructed by \(FigureText.list(content.methods)) from the same samples.")
    let reference = record.definitions["reference"] ?? record.evaluation.reference.description
    sentences.append(
      "Images were compared with the reference, the \(reference), by "
        + "\(FigureText.list(tables.metrics.map(\.title))), over "
        + "\(FigureText.list(content.regions.map(Self.region))).")
    let missing = record.jobs - content.jobsDone - tables.failures.count
    if content.jobsDone < record.jobs {
      sentences.append(
        "The run is not complete: \(content.jobsDone) of \(record.jobs) jobs are done, "
          + "\(tables.failures.count) failed and \(missing) are missing.")
    }
    self.sentences = sentences
    methods = record.methods.map { method in
      let role = method.label == content.baseline ? " This is the baseline of the comparisons." : ""
      let line = MethodWords.line(method.name) ?? "the method “\(method.name)”"
      return Method(label: method.label, line: line + "." + role)
    }
    reading = Self.reading(content)
  }

  private static func reading(_ content: ReportContent) -> [String] {
    var lines = [
      "Mean ± SD are over scans. The interval below, [ , ], is the \(content.confidence) confidence "
        + "interval of the mean over patients."
    ]
    if let baseline = content.baseline {
      lines.append(
        "Differences are method − \(baseline), paired by patient; p is adjusted by Holm. “Better” "
          + "counts the patients for whom the method's figure is the better.")
    }
    lines += content.tables.metrics.prefix(3).map { metric in
      let sense = metric.isBetterHigh ? "higher is better" : "lower is better"
      return "\(metric.title)\(words(metric)): \(sense)."
    }
    lines.append(
      "Look at the worst cases before the means: a method may do well on average and still blur or "
        + "invent structure in one slice. Error maps show what the figures cannot.")
    return lines
  }

  private static func words(_ metric: Metric) -> String {
    switch metric {
    case .psnr: " measures the error pixel by pixel, in decibels"
    case .ssim: " measures how alike local structure and contrast are, 1 at best"
    case .nmse, .nrmse: " measures the error relative to the reference, 0 at best"
    default: ""
    }
  }

  private static func masks(_ record: SweepRecord) -> [String] {
    let patterns = unique(record.masks.map(\.pattern))
    return patterns.map { pattern in
      let masks = record.masks.filter { $0.pattern == pattern }
      let factors = Set(masks.map(\.acceleration)).sorted().map { PrintedNumber.short($0) + "×" }
      let seeds = masks.reduce(into: [String: Set<String>]()) {
        $0[$1.scan, default: []].insert($1.seed)
      }
      let draws = seeds.values.map(\.count).max() ?? 1
      return "\(pattern) masks of \(FigureText.list(factors))"
        + (draws > 1 ? " (\(draws) draws each)" : "")
    }
  }

  static func region(_ name: String) -> String {
    switch name {
    case "image": "the whole image"
    case "foreground": "the foreground (Otsu's threshold of the reference)"
    default: "the boxes “\(boxLabel(name))”"
    }
  }

  /// The region for a control.
  static func shortRegion(_ name: String) -> String {
    switch name {
    case "image": "whole image"
    case "foreground": "foreground"
    default: boxLabel(name)
    }
  }

  /// The label of a marked region's name.
  static func boxLabel(_ name: String) -> String {
    guard name.hasPrefix("box:") else { return name }
    return String(name.dropFirst(4).drop { $0 == " " })
  }

  static func unique(_ names: [String]) -> [String] {
    var seen = Set<String>()
    return names.filter { seen.insert($0).inserted }
  }
}
