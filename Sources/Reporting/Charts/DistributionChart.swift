import Evaluation

/// The figures of single scans: a dot a scan, a box from quartile to quartile with the median, by
/// method.
struct DistributionChart {
  struct Column {
    let method: String
    /// One figure a scan.
    let figures: [Double]
    /// Of the same figures.
    let summary: SummaryStatistics
  }

  struct Panel {
    let title: String
    let columns: [Column]
  }

  let panels: [Panel]
  let metric: Metric
  let styles: MethodStyles
  let label: String

  var svg: String {
    let grid = PanelGrid(count: panels.count, cellWidth: 376, cellHeight: 300)
    var svg = SVG(width: grid.width, height: grid.height, label: label)
    let vertical = ChartAxis.linear(panels.flatMap(\.columns).flatMap(\.figures))
    for (index, panel) in panels.enumerated() {
      let origin = grid.origin(index)
      let frame = ChartPanel(
        x: origin.x + 62, y: origin.y + 30, width: 300, height: 205, horizontal: nil,
        vertical: vertical)
      frame.draw(
        on: &svg, title: panel.title, horizontalTitle: "", verticalTitle: metric.axisTitle)
      draw(panel, in: frame, on: &svg)
    }
    return svg.text
  }

  private func draw(_ panel: Panel, in frame: ChartPanel, on svg: inout SVG) {
    let step = frame.width / Double(max(panel.columns.count, 1))
    let bottom = frame.y + frame.height
    let isCrowded = panel.columns.contains { SVG.width(of: $0.method, size: 11) > step - 4 }
    for (index, column) in panel.columns.enumerated() {
      let centre = frame.x + (Double(index) + 0.5) * step
      let half = min(step * 0.3, 24)
      let style = styles[column.method]
      drawBox(column.summary, centre: centre, half: half, style: style, in: frame, on: &svg)
      for (position, figure) in column.figures.enumerated() where figure.isFinite {
        // Steps of the golden ratio keep neighbours apart without chance.
        let shift = (Double(position) * 0.618_034).truncatingRemainder(dividingBy: 1) - 0.5
        svg.mark(
          style, x: centre + shift * 1.3 * half, y: frame.point(0, figure).y, size: 2.8,
          isFilled: false, hint: "\(column.method): \(figure.text(digits: metric.digits))")
      }
      if isCrowded {
        svg.text(
          SVG.shortened(column.method, to: 62, size: 11), x: centre + 4, y: bottom + 13,
          anchor: .end, size: 11, turn: -35, hint: column.method)
      } else {
        svg.text(
          column.method, x: centre, y: bottom + 16, anchor: .middle, size: 11, hint: column.method)
      }
    }
  }

  private func drawBox(
    _ summary: SummaryStatistics, centre: Double, half: Double, style: MethodStyle,
    in frame: ChartPanel, on svg: inout SVG
  ) {
    guard summary.lowerQuartile.isFinite, summary.upperQuartile.isFinite else { return }
    let (top, bottom) = (
      frame.point(0, summary.upperQuartile).y, frame.point(0, summary.lowerQuartile).y
    )
    svg.rectangle(
      x: centre - half, y: top, width: 2 * half, height: bottom - top, fill: style.colour,
      opacity: 0.15, stroke: style.colour)
    let median = frame.point(0, summary.median).y
    svg.line((centre - half, median), (centre + half, median), colour: style.colour, width: 2.4)
  }
}
