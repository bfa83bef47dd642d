import Evaluation
import Experiments
import Foundation

/// The tables that a reader sees of each group: figures, spread and, with a baseline, comparisons.
///
/// Nothing is set in bold: the best mean of a few patients is often not the best method. The table of
/// comparisons says what differs and by how much.
struct SummaryLayout {
  /// One group with its heading.
  struct Section {
    let heading: String
    let tables: [PrintedTable]
  }

  let sections: [Section]

  /// Tables of at most `metricsPerTable` metrics side by side.
  init(_ tables: SweepTables, metricsPerTable: Int = .max) {
    let groups = tables.groups
    let summaries = Dictionary(grouping: tables.summaries, by: \.group)
    let comparisons = Dictionary(grouping: tables.comparisons, by: \.group)
    sections = groups.map { group in
      // The centre fraction tells groups apart only where a mask has several at one acceleration.
      let isFractionShown = groups.contains {
        $0.mask == group.mask && $0.acceleration == group.acceleration
          && $0.centerFraction != group.centerFraction
      }
      return GroupLayout(
        group, summaries: summaries[group] ?? [], comparisons: comparisons[group] ?? [],
        tables: tables, isFractionShown: isFractionShown
      ).section(metricsPerTable: metricsPerTable)
    }
  }
}

/// The tables of one group.
private struct GroupLayout {
  let heading: String
  let summaries: [ConditionSummary]
  let comparisons: [MethodComparison]
  let metrics: [Metric]
  let baseline: String?
  let confidence: String
  /// The decimals of each metric.
  let digits: [Metric: Int]

  init(
    _ group: ConditionGroup, summaries: [ConditionSummary], comparisons: [MethodComparison],
    tables: SweepTables, isFractionShown: Bool
  ) {
    let fraction =
      isFractionShown ? ", centre fraction \(PrintedNumber.short(group.centerFraction))" : ""
    let acceleration = PrintedNumber.short(group.acceleration)
    heading = "\(group.regionTitle), \(group.mask) mask, \(acceleration)×\(fraction)"
    self.summaries = summaries
    self.comparisons = comparisons
    metrics = tables.metrics
    baseline = tables.statistics.baseline
    confidence = TableStatements.percent(tables.statistics.confidence)
    var digits: [Metric: Int] = [:]
    for metric in tables.metrics {
      let means = summaries.flatMap(\.metrics).filter { $0.metric == metric }.map(\.volumes.median)
      digits[metric] = PrintedNumber.digits(for: means, least: metric.digits)
    }
    self.digits = digits
  }

  func section(metricsPerTable: Int) -> SummaryLayout.Section {
    var tables: [PrintedTable] = []
    let step = min(metricsPerTable, max(1, metrics.count))
    for start in stride(from: 0, to: metrics.count, by: step) {
      let end = min(start + step, metrics.count)
      tables.append(figures(Array(metrics[start..<end])))
    }
    tables.append(spread)
    if !comparisons.isEmpty { tables.append(comparison) }
    return SummaryLayout.Section(heading: heading, tables: tables)
  }

  private func figures(_ metrics: [Metric]) -> PrintedTable {
    PrintedTable(
      heading: heading, part: "figures", caption: "Mean ± SD over scans. \(sample).",
      columns: [.init("Method", isNumber: false), .init("Patients"), .init("Scans")]
        + metrics.map { .init($0.heading) },
      rows: summaries.map { summary in
        [summary.method, "\(summary.patients)", "\(summary.volumes)"]
          + metrics.map { metric in
            let figures = summary.metrics.first { $0.metric == metric }
            let text = figures?.volumes.text(digits: digits(metric))
            return text.map(PrintedNumber.typographic) ?? "–"
          }
      }, notes: notes)
  }

  private var spread: PrintedTable {
    PrintedTable(
      heading: heading, part: "spread",
      caption: "Quartiles over scans; mean over patients with its \(confidence) CI. \(sample).",
      columns: [
        .init("Metric", isNumber: false), .init("Method", isNumber: false),
        .init("Median [quartiles]"), .init("Mean of patients [\(confidence) CI]"),
      ],
      rows: metrics.flatMap { metric in
        summaries.map { summary in
          guard let figures = summary.metrics.first(where: { $0.metric == metric }) else {
            return [metric.heading, summary.method, "–", "–"]
          }
          return [
            metric.heading, summary.method,
            PrintedNumber.typographic(figures.volumes.medianText(digits: digits(metric))),
            PrintedNumber.typographic(figures.patientMean.text(digits: digits(metric)))
              + text(figures.interval, metric),
          ]
        }
      }, notes: [])
  }

  private var comparison: PrintedTable {
    PrintedTable(
      heading: heading, part: "against \(baseline ?? "")",
      caption:
        "Difference: mean over patients, and the median by Hodges and Lehmann. Better and worse: "
        + "patients. \(sample).",
      columns: [
        .init("Metric", isNumber: false), .init("Method", isNumber: false), .init("n"),
        .init("Difference [\(confidence) CI]"), .init("Median"), .init("p (Holm)"),
        .init("Better"), .init("Worse"),
      ],
      rows: comparisons.map { comparison in
        let metric = comparison.metric
        return [
          metric.titleWithUnit, comparison.method, "\(comparison.pairs.count)",
          comparison.meanDifference.map {
            signed($0, metric) + text(comparison.interval, metric)
          } ?? "–",
          comparison.test?.medianDifference.map { signed($0, metric) } ?? "–",
          comparison.adjustedP.map(PrintedNumber.p) ?? "–", "\(comparison.better)",
          "\(comparison.worse)",
        ]
      }, notes: [])
  }

  /// How many patients, scans, slices and seeds, and the acceleration that the masks came to.
  private var sample: String {
    func range(_ counts: [Int]) -> String {
      let (least, most) = (counts.min() ?? 0, counts.max() ?? 0)
      return least == most ? "\(least)" : "\(least)–\(most)"
    }
    let achieved = summaries.compactMap(\.achievedAcceleration)
    var text =
      "n = \(range(summaries.map(\.patients))) patients, \(range(summaries.map(\.volumes))) scans, "
      + "\(range(summaries.map(\.slices))) slices, \(range(summaries.map(\.seeds))) seeds a scan"
    if let widest = achieved.max(by: { $0.count < $1.count }) {
      let (least, most) = (
        achieved.map(\.minimum).min() ?? widest.minimum,
        achieved.map(\.maximum).max() ?? widest.maximum
      )
      text +=
        "; achieved acceleration \(widest.mean.text(digits: 2)) "
        + "(\(least.text(digits: 2))–\(most.text(digits: 2)))"
    }
    return text
  }

  private var notes: [String] {
    summaries.filter { !$0.note.isEmpty }.map { "\($0.method) \($0.note)." }
  }

  private func digits(_ metric: Metric) -> Int { digits[metric] ?? metric.digits }

  /// A figure with its sign, a true minus for a reader.
  private func signed(_ value: Double, _ metric: Metric) -> String {
    let text = value.magnitude.text(digits: digits(metric))
    // What rounds to zero has no sign.
    guard text.contains(where: { "123456789i".contains($0) }) else { return text }
    return (value < 0 ? "−" : "+") + text
  }

  /// The interval with a space before it; nothing where there is none.
  private func text(_ interval: ConfidenceInterval?, _ metric: Metric) -> String {
    interval.map { " " + PrintedNumber.typographic($0.text(digits: digits(metric))) } ?? ""
  }
}

extension Metric {
  var titleWithUnit: String { unit.isEmpty ? title : "\(title) (\(unit))" }

  /// The title with the unit and an arrow to where the better figures are.
  var heading: String { "\(titleWithUnit) \(isBetterHigh ? "↑" : "↓")" }
}

extension ConditionGroup {
  /// The region in words.
  public var regionTitle: String {
    switch region {
    case "image": "Whole image"
    case "foreground": "Foreground"
    default: region.hasPrefix("box:") ? "Boxes \(region.dropFirst(4))" : region
    }
  }
}
