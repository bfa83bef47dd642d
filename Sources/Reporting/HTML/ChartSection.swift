import Evaluation
import Experiments

/// The charts: each metric against the acceleration, the figures of single scans, and the agreement
/// with the baseline.
struct ChartSection {
  struct Figure {
    let region, metric: String
    /// The number of the method that an agreement is of; empty for the other charts.
    let method: String
    let title, caption: String
    let svg: String
  }

  struct Choice {
    let key, label: String
    let isChosen: Bool
  }

  let accelerations, distributions, agreements: [Figure]
  /// The methods whose agreement with the baseline can be shown.
  let choices: [Choice]
  let hasAgreements: Bool
  let hasChoices: Bool
  let baseline: String

  init(_ content: ReportContent) {
    let styles = content.styles
    let metrics = content.tables.metrics
    // Boxes may be many and of few slices each: their figures stand in the tables and first chart.
    let whole = content.regions.filter { !$0.hasPrefix("box:") }
    accelerations = content.regions.flatMap { region in
      metrics.map { Self.acceleration($0, region, content, styles) }
    }
    distributions = whole.flatMap { region in
      metrics.map { Self.distribution($0, region, content, styles) }
    }
    let compared = content.methods.filter { method in
      content.tables.comparisons.contains { $0.method == method && $0.agreement != nil }
    }
    let first = compared.contains { $0 == content.mainMethod } ? content.mainMethod : compared.first
    choices = compared.enumerated().map { index, method in
      Choice(key: "m\(index)", label: method, isChosen: method == first)
    }
    agreements = whole.flatMap { region in
      metrics.flatMap { metric in
        compared.enumerated().compactMap { index, method in
          Self.agreement(metric, region, method, key: "m\(index)", content, styles)
        }
      }
    }
    hasAgreements = !agreements.isEmpty
    hasChoices = choices.count > 1
    baseline = content.baseline ?? ""
  }

  private static func acceleration(
    _ metric: Metric, _ region: String, _ content: ReportContent, _ styles: MethodStyles
  ) -> Figure {
    let groups = content.groups(region: region)
    let masks = StudyWords.unique(groups.map(\.mask))
    let title = "\(metric.titleWithUnit) against acceleration, \(StudyWords.region(region))"
    let chart = AccelerationChart(
      panels: masks.map { mask in
        AccelerationChart.Panel(
          title: "\(mask) mask",
          series: content.methods.map { method in
            AccelerationChart.Series(
              method: method,
              points: groups.filter { $0.mask == mask }.compactMap { group in
                let summary = content.summaries(group).first { $0.method == method }
                guard let achieved = summary?.achievedAcceleration,
                  let figures = summary?.metrics.first(where: { $0.metric == metric })
                else { return nil }
                return AccelerationChart.Point(
                  acceleration: achieved.mean, value: figures.patientMean,
                  interval: figures.interval.map { ($0.lower, $0.upper) })
              })
          })
      }, metric: metric, styles: styles, label: title)
    return Figure(
      region: content.key(region: region), metric: metric.rawValue, method: "", title: title,
      caption: "Mean over patients; bands and whiskers: \(content.confidence) confidence interval. "
        + "The horizontal axis is logarithmic.", svg: chart.svg)
  }

  private static func distribution(
    _ metric: Metric, _ region: String, _ content: ReportContent, _ styles: MethodStyles
  ) -> Figure {
    let title = "\(metric.titleWithUnit) of single scans, \(StudyWords.region(region))"
    let volumes = Dictionary(
      grouping: content.tables.volumes.filter { $0.region == region }, by: ConditionGroup.init)
    let chart = DistributionChart(
      panels: content.groups(region: region).map { group in
        let complete = GroupVolumes(group, volumes[group] ?? [], methods: content.methods)
        return DistributionChart.Panel(
          title: content.heading(group),
          columns: content.methods.compactMap { method in
            // The same figures as those of the summary: one a scan, seeds averaged.
            let figures = ScanFigures(
              complete.volumes(of: method).compactMap { volume in
                volume.metrics[metric].map {
                  (volume.condition.scan, volume.condition.patient, $0)
                }
              }
            ).scans
            let summary = content.summaries(group).first { $0.method == method }
            guard let summed = summary?.metrics.first(where: { $0.metric == metric }) else {
              return nil
            }
            return DistributionChart.Column(
              method: method, figures: figures, summary: summed.volumes)
          })
      }, metric: metric, styles: styles, label: title)
    return Figure(
      region: content.key(region: region), metric: metric.rawValue, method: "", title: title,
      caption: "A mark a scan, its seeds averaged; box: quartiles; thick line: median.",
      svg: chart.svg)
  }

  private static func agreement(
    _ metric: Metric, _ region: String, _ method: String, key: String, _ content: ReportContent,
    _ styles: MethodStyles
  ) -> Figure? {
    let comparisons = content.tables.comparisons.filter {
      $0.metric == metric && $0.group.region == region && $0.method == method
        && $0.agreement != nil
    }
    guard let first = comparisons.first else { return nil }
    let title =
      "\(method) − \(first.baseline): \(metric.titleWithUnit), \(StudyWords.region(region))"
    let chart = AgreementChart(
      panels: comparisons.map {
        AgreementChart.Panel(title: content.heading($0.group), comparison: $0)
      }, metric: metric, style: styles[method], label: title)
    return Figure(
      region: content.key(region: region), metric: metric.rawValue, method: key, title: title,
      caption: "A mark a patient. Solid: bias; dashed: 95 % limits of agreement; shaded: their "
        + "\(content.confidence) confidence intervals. "
        + (metric.isBetterHigh
          ? "Above zero \(method) is better." : "Below zero \(method) is better."),
      svg: chart.svg)
  }
}
