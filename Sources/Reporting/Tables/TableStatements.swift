import Evaluation
import Experiments

/// What a reader must know to read a table of a sweep: said in captions, columns and the workbook.
struct TableStatements {
  /// The pixels' reference, the data and who may use the figures.
  let reference, data, use, program: String
  /// The data without the data set's own note.
  let shortData: String
  /// How many of the run's jobs the tables hold.
  let coverage: String
  /// One definition a metric, in the order of the columns.
  let definitions: [String]
  /// The unit of analysis.
  let analysis: String
  /// How methods are compared; nil if they are not.
  let comparison: String?

  init(_ tables: SweepTables) {
    let record = tables.record
    let confidence = Self.percent(tables.statistics.confidence)
    reference = record.definitions["reference"] ?? record.evaluation.reference.description
    shortData = "\(record.dataset.title), \(Self.kind(record))"
    data = shortData + (record.dataset.note.map { " (\(Self.withoutStop($0)))" } ?? "")
    use = "Research use only; not for diagnosis"
    program = "\(record.program) \(record.version)"
    let jobs = Set(tables.table.rows.map(\.condition.job)).count
    coverage =
      "\(jobs) of \(record.jobs) jobs are in the tables, \(tables.failures.count) failed"
    definitions = tables.metrics.map { record.definitions[$0.rawValue] ?? $0.definition }
    analysis =
      "Unit of analysis: seeds are averaged within each scan; mean, SD, median and quartiles are "
      + "over scans (volumes), without those that lack slices which another method has; "
      + "\(confidence) confidence intervals (CI) are percentile bootstrap intervals of the mean over "
      + "patients, \(tables.statistics.resamples) resamples of whole patients"
    comparison = tables.statistics.baseline.map {
      "Differences are method − \($0) on the scans that both have, averaged by patient; median "
        + "difference by Hodges and Lehmann; two-sided Wilcoxon signed-rank test over patients, p "
        + "adjusted by Holm over all methods, masks and accelerations of one metric and region"
    }
  }

  /// `95 %` of 0.95.
  static func percent(_ confidence: Double) -> String {
    let percent = confidence * 100
    let isWhole = abs(percent - percent.rounded()) < 1e-9
    return "\(percent.text(digits: isWhole ? 0 : 1)) %"
  }

  /// In one word or two where the data come from, for a column: `measured`, `simulated` or both.
  static func dataKinds(_ record: SweepRecord) -> String {
    Set(record.scans.map(\.data)).sorted().joined(separator: " and ")
  }

  private static func kind(_ record: SweepRecord) -> String {
    let simulated = record.scans.count { $0.data == "simulated" }
    return switch simulated {
    case 0: "measured k-space"
    case record.scans.count: "simulated k-space"
    default: "\(simulated) of \(record.scans.count) scans with simulated k-space"
    }
  }

  private static func withoutStop(_ sentence: String) -> String {
    sentence.last == "." ? String(sentence.dropLast()) : sentence
  }
}
