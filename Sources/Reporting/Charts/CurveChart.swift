import Evaluation

/// Panels of curves, over the steps of a training run or another number.
struct CurveChart {
  struct Curve {
    let label: String
    let points: [(step: Double, value: Double)]
    /// The interval of each point, drawn as a bar; none when empty.
    var intervals: [ConfidenceInterval?] = []
  }

  struct Panel {
    let title: String
    var isLogarithmic = false
    /// What the curves are over.
    var horizontalTitle = "step"
    /// Whether that has a logarithmic axis; else one that holds 0.
    var isLogarithmicAcross = false
    let curves: [Curve]
  }

  let panels: [Panel]
  let label: String
  /// The curve that is to stand out; the first when nil.
  var main: String?

  private static let cell = (width: 376.0, height: 330.0)
  private static let frame = (left: 62.0, top: 30.0, width: 296.0, height: 200.0)
  /// More points than these are a line without marks.
  private static let mostMarks = 30

  /// As a part of a page.
  var svg: String { drawing(onPaper: false).text }

  /// An SVG file.
  var file: String { drawing(onPaper: true).file }

  private func drawing(onPaper: Bool) -> SVG {
    let grid = PanelGrid(
      count: panels.count, cellWidth: Self.cell.width, cellHeight: Self.cell.height)
    var svg = SVG(width: grid.width, height: grid.height, label: label)
    if onPaper { svg.rectangle(x: 0, y: 0, width: svg.width, height: svg.height, fill: "#ffffff") }
    for (index, panel) in panels.enumerated() { draw(panel, at: grid.origin(index), on: &svg) }
    return svg
  }

  /// Whether `values` reach over enough of a logarithmic axis for ticks at round numbers.
  private static func isWide(_ values: [Double]) -> Bool {
    guard let low = values.min(), let high = values.max() else { return false }
    return high > 4 * low
  }

  private func draw(_ panel: Panel, at origin: (x: Double, y: Double), on svg: inout SVG) {
    let curves = panel.curves.map { curve in
      let kept = curve.points.indices.filter {
        let value = curve.points[$0].value
        return value.isFinite && (!panel.isLogarithmic || value > 0)
      }
      return Curve(
        label: curve.label, points: kept.map { curve.points[$0] },
        intervals: curve.intervals.isEmpty ? [] : kept.map { curve.intervals[$0] })
    }
    let bounds = curves.flatMap(\.intervals).compactMap { $0 }.flatMap { [$0.lower, $0.upper] }
    let values = curves.flatMap(\.points).map(\.value) + bounds.filter(\.isFinite)
    let steps = curves.flatMap(\.points).map(\.step)
    let frame = ChartPanel(
      x: origin.x + Self.frame.left, y: origin.y + Self.frame.top, width: Self.frame.width,
      height: Self.frame.height,
      horizontal: panel.isLogarithmicAcross && Self.isWide(steps)
        ? ChartAxis.decades(steps) : ChartAxis.linear([0] + steps),
      vertical: panel.isLogarithmic && Self.isWide(values)
        ? ChartAxis.decades(values) : ChartAxis.linear(values))
    frame.draw(
      on: &svg, title: panel.title, horizontalTitle: panel.horizontalTitle,
      verticalTitle: "")
    let styles = MethodStyles(methods: curves.map(\.label), main: main ?? curves.first?.label)
    for (index, curve) in curves.enumerated() {
      let style = styles[curve.label]
      let points = curve.points.map { frame.point($0.step, $0.value) }
      if !points.isEmpty { svg.path(points, colour: style.colour, width: 1.6, dash: style.dash) }
      for (point, interval) in zip(points, curve.intervals) {
        guard let interval, interval.lower.isFinite, interval.upper.isFinite else { continue }
        let (low, high) = (frame.point(0, interval.lower).y, frame.point(0, interval.upper).y)
        svg.line((point.x, low), (point.x, high), colour: style.colour, width: 1)
      }
      if points.count <= Self.mostMarks {
        for (point, figure) in zip(points, curve.points) {
          svg.mark(
            style, x: point.x, y: point.y, size: 2.6,
            hint: "\(curve.label), \(panel.horizontalTitle) \(PrintedNumber.short(figure.step)): "
              + "\(figure.value)")
        }
      }
      guard curves.count > 1 else { continue }
      let (x, y) = (
        frame.x + Double(index % 2) * frame.width / 2,
        frame.y + frame.height + 52 + 17 * Double(index / 2)
      )
      svg.line((x, y - 4), (x + 26, y - 4), colour: style.colour, width: 1.6, dash: style.dash)
      svg.text(curve.label, x: x + 32, y: y, size: 11)
    }
  }
}
