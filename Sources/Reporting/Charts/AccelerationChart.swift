import Evaluation

/// A metric against the achieved acceleration: a panel a mask pattern, a line a method, bands for
/// confidence intervals.
struct AccelerationChart {
  struct Point {
    let acceleration, value: Double
    /// Nil where one patient alone gives none.
    let interval: (lower: Double, upper: Double)?
  }

  struct Series {
    let method: String
    let points: [Point]
  }

  struct Panel {
    let title: String
    let series: [Series]
  }

  let panels: [Panel]
  let metric: Metric
  let styles: MethodStyles
  /// What the chart shows, for those who cannot see it.
  let label: String

  /// Two panels fill the page as well as three do.
  private var width: Double { panels.count > 2 ? 192 : 380 }
  private static let size = (left: 62.0, top: 30.0, height: 240.0, right: 122.0)

  var svg: String {
    let size = Self.size
    let grid = PanelGrid(
      count: panels.count, cellWidth: size.left + width + size.right, cellHeight: 322)
    var svg = SVG(width: grid.width, height: grid.height, label: label)
    let points = panels.flatMap(\.series).flatMap(\.points).filter(\.value.isFinite)
    let vertical = ChartAxis.linear(
      points.map(\.value) + points.compactMap(\.interval).flatMap { [$0.lower, $0.upper] })
    let horizontal = ChartAxis.acceleration(points.map(\.acceleration))
    for (index, panel) in panels.enumerated() {
      let origin = grid.origin(index)
      let frame = ChartPanel(
        x: origin.x + size.left, y: origin.y + size.top, width: width, height: size.height,
        horizontal: horizontal, vertical: vertical)
      frame.draw(
        on: &svg, title: panel.title, horizontalTitle: "achieved acceleration",
        verticalTitle: metric.axisTitle)
      draw(panel, in: frame, on: &svg)
    }
    return svg.text
  }

  private func draw(_ panel: Panel, in frame: ChartPanel, on svg: inout SVG) {
    let series = panel.series.map { series in
      Series(
        method: series.method,
        points: series.points.filter(\.value.isFinite).sorted { $0.acceleration < $1.acceleration })
    }.filter { !$0.points.isEmpty }
    for series in series { drawInterval(series, in: frame, on: &svg) }
    for series in series {
      let style = styles[series.method]
      let points = series.points.map { frame.point($0.acceleration, $0.value) }
      svg.path(points, colour: style.colour, width: 1.8, dash: style.dash)
      for (place, point) in zip(points, series.points) {
        let figures =
          "\(series.method): \(point.value.text(digits: metric.digits)) at "
          + "\(point.acceleration.text(digits: 2))×"
        svg.mark(style, x: place.x, y: place.y, hint: figures)
      }
    }
    let ends = series.compactMap { series in
      series.points.last.map { frame.point($0.acceleration, $0.value) }
    }
    let levels = LabelPlacement.spread(
      ends.map(\.y), gap: 15, lower: frame.y + 4, upper: frame.y + frame.height - 4)
    let left = frame.x + frame.width + 12
    for ((series, end), level) in zip(zip(series, ends), levels) {
      svg.line(
        (end.x + 6, end.y), (left - 3, level), colour: styles[series.method].colour, width: 0.8)
      svg.text(
        SVG.shortened(series.method, to: Self.size.right - 16), x: left, y: level + 4,
        colour: styles[series.method].colour, isBold: true, hint: series.method)
    }
  }

  private func drawInterval(_ series: Series, in frame: ChartPanel, on svg: inout SVG) {
    let style = styles[series.method]
    let bounds = series.points.compactMap { point in
      point.interval.flatMap { interval in
        interval.lower.isFinite && interval.upper.isFinite
          ? (
            frame.point(point.acceleration, interval.lower),
            frame.point(point.acceleration, interval.upper)
          ) : nil
      }
    }
    if bounds.count > 1 {
      svg.area(bounds.map(\.1) + bounds.map(\.0).reversed(), colour: style.colour, opacity: 0.13)
    }
    for (lower, upper) in bounds {
      svg.line(lower, upper, colour: style.colour, width: 1.2)
      for end in [lower, upper] {
        svg.line((end.x - 3, end.y), (end.x + 3, end.y), colour: style.colour, width: 1.2)
      }
    }
  }
}

extension Metric {
  /// Title, unit and where the better figures are.
  var axisTitle: String {
    "\(title)\(unit.isEmpty ? "" : " (\(unit))"), \(isBetterHigh ? "higher" : "lower") is better"
  }
}
