import Evaluation
import Experiments

/// The figures of all methods side by side: for each region and metric a table of means and one of
/// differences from the baseline.
struct SummarySection {
  struct Cell {
    let first, second: String
    var third = ""
  }

  struct Row {
    let heading, note: String
    let cells: [Cell]
  }

  struct Table {
    let region, metric: String
    let title, definition, differences: String
    let methods: [String]
    let rows: [Row]
    let others: [String]
    let comparisons: [Row]
    let hasComparisons: Bool
  }

  let tables: [Table]
  let notes: [String]

  init(_ content: ReportContent) {
    tables = content.regions.flatMap { region in
      content.tables.metrics.map { Self.table($0, region: region, content) }
    }
    notes = StudyWords.unique(
      content.tables.summaries.filter { !$0.note.isEmpty }.map {
        "\(content.heading($0.group)), \(StudyWords.region($0.group.region)): \($0.method) \($0.note)."
      })
  }

  private static func table(
    _ metric: Metric, region: String, _ content: ReportContent
  ) -> Table {
    let groups = content.groups(region: region)
    let others = content.methods.filter { $0 != content.baseline }
    let comparisons = content.tables.comparisons.filter { $0.metric == metric }
    return Table(
      region: content.key(region: region), metric: metric.rawValue,
      title: "\(metric.titleWithUnit), \(StudyWords.region(region)): "
        + "\(metric.isBetterHigh ? "higher" : "lower") is better",
      definition: content.record.definitions[metric.rawValue] ?? metric.definition,
      differences: "Difference in \(metric.titleWithUnit) from \(content.baseline ?? "")",
      methods: content.methods,
      rows: groups.map { group in
        let summaries = content.summaries(group)
        let digits = FigureText.digits(metric, in: summaries)
        return Row(
          heading: content.heading(group), note: sample(summaries),
          cells: content.methods.map { method in
            cell(summaries.first { $0.method == method }, metric, digits)
          })
      },
      others: others,
      comparisons: groups.map { group in
        let digits = FigureText.digits(metric, in: content.summaries(group))
        let found = comparisons.filter { $0.group == group }
        return Row(
          heading: content.heading(group), note: "",
          cells: others.map { method in
            cell(found.first { $0.method == method }, digits)
          })
      }, hasComparisons: !comparisons.isEmpty)
  }

  private static func sample(_ summaries: [ConditionSummary]) -> String {
    let achieved = summaries.compactMap(\.achievedAcceleration)
    let bounds = achieved.flatMap { [$0.minimum, $0.maximum] }
    let patients = FigureText.range(summaries.map { Double($0.patients) }, digits: 0)
    let scans = FigureText.range(summaries.map { Double($0.volumes) }, digits: 0)
    return "achieved \(FigureText.range(bounds, digits: 2))×; \(patients) patients, \(scans) scans"
  }

  private static func cell(_ summary: ConditionSummary?, _ metric: Metric, _ digits: Int) -> Cell {
    guard let figures = summary?.metrics.first(where: { $0.metric == metric }) else {
      return Cell(first: "–", second: "")
    }
    var first = FigureText.plain(figures.volumes.mean, digits: digits)
    if let spread = figures.volumes.standardDeviation {
      first += " ± \(spread.text(digits: digits))"
    }
    return Cell(
      first: first,
      second: figures.interval.map { FigureText.interval($0, digits: digits) } ?? "no interval")
  }

  private static func cell(_ comparison: MethodComparison?, _ digits: Int) -> Cell {
    guard let comparison, let difference = comparison.meanDifference else {
      return Cell(first: "–", second: "")
    }
    let interval = comparison.interval.map {
      FigureText.interval($0, digits: digits, isSigned: true)
    }
    var third = "better in \(comparison.better) of \(comparison.pairs.count)"
    if let p = comparison.adjustedP {
      third = "p \(PrintedNumber.p(p).hasPrefix("<") ? "" : "= ")\(PrintedNumber.p(p)); " + third
    }
    return Cell(
      first: FigureText.signed(difference, digits: digits), second: interval ?? "no interval",
      third: third)
  }
}
