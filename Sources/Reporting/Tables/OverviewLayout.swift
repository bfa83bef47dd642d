import Evaluation
import Experiments

/// The summary at a glance: one table for each region, mask and metric, methods down, accelerations
/// across.
struct OverviewLayout {
  /// The metrics of the overview: the first two, which a protocol names first because they matter
  /// most to it.
  private static let metricCount = 2

  let sections: [SummaryLayout.Section]

  init(_ tables: SweepTables) {
    var kinds: [(region: String, mask: String)] = []
    for group in tables.groups
    where !kinds.contains(where: { $0 == (group.region, group.mask) }) {
      kinds.append((group.region, group.mask))
    }
    sections = kinds.map { kind in
      let groups = tables.groups.filter { ($0.region, $0.mask) == kind }
      let heading = "At a glance: \(groups[0].regionTitle.lowercased()), \(kind.mask) mask"
      return SummaryLayout.Section(
        heading: heading,
        tables: tables.metrics.prefix(Self.metricCount).map {
          Self.table($0, groups: groups, heading: heading, tables: tables)
        })
    }
  }

  private static func table(
    _ metric: Metric, groups: [ConditionGroup], heading: String, tables: SweepTables
  ) -> PrintedTable {
    let summaries = tables.summaries.filter { groups.contains($0.group) }
    var methods: [String] = []
    for summary in summaries where !methods.contains(summary.method) {
      methods.append(summary.method)
    }
    let isFractionShown = Set(groups.map(\.acceleration)).count < groups.count
    return PrintedTable(
      heading: heading, part: metric.heading,
      caption: "Mean ± SD over scans; patients, intervals and tests in the tables below.",
      columns: [.init("Method", isNumber: false)]
        + groups.map { group in
          let fraction =
            isFractionShown ? ", centre \(PrintedNumber.short(group.centerFraction))" : ""
          return .init("\(PrintedNumber.short(group.acceleration))×\(fraction)")
        },
      rows: methods.map { method in
        [method]
          + groups.map { group in
            let summary = summaries.first { $0.group == group && $0.method == method }
            let figures = summary?.metrics.first { $0.metric == metric }
            let text = figures?.volumes.text(digits: metric.digits)
            return text.map(PrintedNumber.typographic) ?? "–"
          }
      }, notes: [])
  }
}
