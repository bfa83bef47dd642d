import Evaluation
import Experiments
import Foundation

/// A metric's means over patients against the achieved acceleration, as a picture of its own.
///
/// The notebook's `curves` draws the same figures.
struct QualityChart {
  let tables: SweepTables
  let region: String
  let metric: Metric

  var svg: String {
    let summaries = tables.summaries.filter { $0.group.region == region }
    let methods = DataFrame.unique(summaries.map(\.method))
    let chart = AccelerationChart(
      panels: DataFrame.unique(summaries.map(\.group.mask)).map { mask in
        AccelerationChart.Panel(
          title: "\(mask) mask",
          series: methods.map { method in
            AccelerationChart.Series(
              method: method,
              points: summaries.filter { $0.group.mask == mask && $0.method == method }
                .compactMap(point))
          })
      }, metric: metric, styles: MethodStyles(methods: methods, main: main),
      label: "\(metric.titleWithUnit) against acceleration")
    return Self.standalone(chart.svg)
  }

  private func point(_ summary: ConditionSummary) -> AccelerationChart.Point? {
    guard let achieved = summary.achievedAcceleration,
      let figures = summary.metrics.first(where: { $0.metric == metric })
    else { return nil }
    return AccelerationChart.Point(
      acceleration: achieved.mean, value: figures.patientMean,
      interval: figures.interval.map { ($0.lower, $0.upper) })
  }

  /// The method drawn in the strongest colour.
  private var main: String? { tables.record.methods.first { $0.name == "ilo" }?.label }

  /// A chart made for a page of HTML with what it needs outside one: the namespace, a font and a
  /// ground, for notebooks may be shown on a dark one.
  private static func standalone(_ svg: String) -> String {
    let head = "<svg "
    guard svg.hasPrefix(head), let end = svg.range(of: "</title>") else { return svg }
    return "<svg xmlns=\"http://www.w3.org/2000/svg\" font-family=\"sans-serif\" "
      + svg[head.endIndex..<end.upperBound] + "<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>"
      + svg[end.upperBound...]
  }
}
