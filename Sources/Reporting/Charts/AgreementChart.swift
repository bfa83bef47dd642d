import Evaluation

/// Bland and Altman's plot of a method against the baseline: the difference of each patient over
/// the mean of both, with bias and limits of agreement.
struct AgreementChart {
  struct Panel {
    let title: String
    let comparison: MethodComparison
  }

  let panels: [Panel]
  let metric: Metric
  let style: MethodStyle
  let label: String

  var svg: String {
    let grid = PanelGrid(count: panels.count, cellWidth: 376, cellHeight: 262)
    var svg = SVG(width: grid.width, height: grid.height, label: label)
    // One scale of differences for all panels, so that they compare.
    let vertical = ChartAxis.linear(
      panels.flatMap { panel in
        let agreement = panel.comparison.agreement
        return panel.comparison.pairs.map(\.difference)
          + [
            0, agreement?.lowerLimit, agreement?.upperLimit, agreement?.lowerLimitInterval.lower,
            agreement?.upperLimitInterval.upper,
          ].compactMap { $0 }
      })
    for (index, panel) in panels.enumerated() {
      let origin = grid.origin(index)
      let pairs = panel.comparison.pairs
      let frame = ChartPanel(
        x: origin.x + 62, y: origin.y + 30, width: 190, height: 180,
        horizontal: .linear(pairs.map(Self.mean), count: 4), vertical: vertical)
      frame.draw(
        on: &svg, title: panel.title,
        horizontalTitle: "mean of both\(metric.unit.isEmpty ? "" : " (\(metric.unit))")",
        verticalTitle: "difference in \(metric.titleWithUnit)")
      draw(panel.comparison, in: frame, on: &svg)
    }
    return svg.text
  }

  private static func mean(_ pair: MethodComparison.Pair) -> Double {
    // Infinite figures of exact images have no place on the axis.
    (pair.method + pair.baseline) / 2
  }

  private func draw(_ comparison: MethodComparison, in frame: ChartPanel, on svg: inout SVG) {
    let right = frame.x + frame.width
    let zero = frame.point(0, 0).y
    svg.line((frame.x, zero), (right, zero), colour: ChartInk.axis, width: 1)
    if let agreement = comparison.agreement {
      let lines = [
        (agreement.upperLimit, agreement.upperLimitInterval, "upper limit", "5 3"),
        (agreement.bias, agreement.biasInterval, "bias", ""),
        (agreement.lowerLimit, agreement.lowerLimitInterval, "lower limit", "5 3"),
      ]
      let levels = lines.map { frame.point(0, $0.0).y }
      let places = LabelPlacement.spread(
        levels, gap: 15, lower: frame.y + 2, upper: frame.y + frame.height)
      for ((line, level), place) in zip(zip(lines, levels), places) {
        let (low, high) = (frame.point(0, line.1.lower).y, frame.point(0, line.1.upper).y)
        svg.rectangle(
          x: frame.x, y: high, width: frame.width, height: low - high, fill: style.colour,
          opacity: line.3.isEmpty ? 0.18 : 0.09)
        svg.line(
          (frame.x, level), (right, level), colour: style.colour, width: 1.6, dash: line.3)
        svg.line((right, level), (right + 6, place), colour: style.colour, width: 0.8)
        svg.text(
          "\(line.2) \(FigureText.signed(line.0, digits: metric.digits))", x: right + 9,
          y: place + 4, size: 11)
      }
    }
    for pair in comparison.pairs where Self.mean(pair).isFinite && pair.difference.isFinite {
      let place = frame.point(Self.mean(pair), pair.difference)
      svg.mark(
        style, x: place.x, y: place.y,
        hint: "\(pair.patient): \(FigureText.signed(pair.difference, digits: metric.digits))")
    }
  }
}
