import Evaluation
import Foundation

/// The means over patients with their intervals against acceleration, drawn as SVG.
///
/// A row of panels for each metric, a column for each mask. The notebook's `curves` draws the same
/// figures.
struct QualityChart {
  private let summary: DataFrame
  private let region: String
  private let metrics, masks, methods: [String]

  private static let colours = [
    "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000",
  ]
  private static let (panelWidth, panelHeight, left, top, gap) = (300.0, 170.0, 62.0, 26.0, 46.0)

  init(_ tables: NotebookTables, region: String, metrics: [String]) {
    summary = tables.summary
    self.region = region
    self.metrics = metrics
    masks = tables.summary.values("mask")
    methods = tables.summary.values("method")
  }

  var svg: String {
    let width = Self.left + Double(masks.count) * (Self.panelWidth + Self.gap)
    let perLine = max(1, Int(width / 150))
    let legendLines = (methods.count + perLine - 1) / perLine
    let plotHeight = Self.top + Double(metrics.count) * (Self.panelHeight + Self.gap)
    let height = plotHeight + 20 * Double(legendLines)
    var text = """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(Self.n(width)) \(Self.n(height))" \
      width="\(Self.n(width))" height="\(Self.n(height))" font-family="sans-serif" font-size="11" \
      role="img">
      <title>Means over patients with their intervals by acceleration and method</title>
      <rect width="100%" height="100%" fill="#fff"/>

      """
    for (row, metric) in metrics.enumerated() {
      let rows = summary.rows.filter {
        $0.text("region") == region && $0.text("metric") == metric
      }
      let scale = Scale(
        rows.flatMap { row in
          ["patient_mean", "ci_lower", "ci_upper"].compactMap { row.number($0) }
        })
      for (column, mask) in masks.enumerated() {
        let x = Self.left + Double(column) * (Self.panelWidth + Self.gap)
        let y = Self.top + Double(row) * (Self.panelHeight + Self.gap)
        text += panel(
          rows.filter { $0.text("mask") == mask }, title: "\(metric), \(mask) mask", scale, x, y)
      }
    }
    for (index, method) in methods.enumerated() {
      let x = Self.left + 150 * Double(index % perLine)
      let y = plotHeight - 8 + 20 * Double(index / perLine)
      text += Self.marker(index, x, y)
      text += Self.label(method, x + 10, y + 4, anchor: "start")
    }
    return text + "</svg>"
  }

  private func panel(
    _ rows: [DataFrame.Row], title: String, _ scale: Scale, _ x: Double, _ y: Double
  ) -> String {
    var text = """
      <rect x="\(Self.n(x))" y="\(Self.n(y))" width="\(Self.n(Self.panelWidth))" \
      height="\(Self.n(Self.panelHeight))" fill="none" stroke="#888"/>

      """
    text += Self.label(title, x + Self.panelWidth / 2, y - 8, anchor: "middle")
    func height(_ value: Double) -> Double { y + Self.panelHeight * (1 - scale.place(value)) }
    for tick in scale.ticks {
      let level = height(tick)
      text += """
        <line x1="\(Self.n(x))" x2="\(Self.n(x + Self.panelWidth))" y1="\(Self.n(level))" \
        y2="\(Self.n(level))" stroke="#ddd"/>

        """
      text += Self.label(NotebookNumber.factor(tick), x - 6, level + 4, anchor: "end")
    }
    let steps = Set(rows.compactMap { $0.number("acceleration") }).sorted()
    let width = Self.panelWidth / Double(max(1, steps.count))
    for (index, step) in steps.enumerated() {
      text += Self.label(
        NotebookNumber.factor(step) + "x", x + width * (Double(index) + 0.5),
        y + Self.panelHeight + 16, anchor: "middle")
    }
    for row in rows {
      guard let acceleration = row.number("acceleration"),
        let step = steps.firstIndex(of: acceleration),
        let method = methods.firstIndex(of: row.text("method")),
        let mean = row.number("patient_mean"), mean.isFinite
      else { continue }
      let offset = 0.12 * (Double(method) - Double(methods.count - 1) / 2)
      let centre = x + width * (Double(step) + 0.5 + offset)
      if let lower = row.number("ci_lower"), let upper = row.number("ci_upper"), lower.isFinite,
        upper.isFinite
      {
        text += """
          <line x1="\(Self.n(centre))" x2="\(Self.n(centre))" y1="\(Self.n(height(lower)))" \
          y2="\(Self.n(height(upper)))" stroke="\(Self.colour(method))" stroke-width="1.5"/>

          """
      }
      text += Self.marker(method, centre, height(mean))
    }
    return text
  }

  private static func colour(_ method: Int) -> String { colours[method % colours.count] }

  /// Methods differ in form as well as in colour.
  private static func marker(_ method: Int, _ x: Double, _ y: Double) -> String {
    let fill = "fill=\"\(colour(method))\""
    func polygon(_ points: [(Double, Double)]) -> String {
      let text = points.map { "\(n(x + $0.0)),\(n(y + $0.1))" }.joined(separator: " ")
      return "<polygon points=\"\(text)\" \(fill)/>\n"
    }
    switch method % 4 {
    case 0: return "<circle cx=\"\(n(x))\" cy=\"\(n(y))\" r=\"4\" \(fill)/>\n"
    case 1: return polygon([(-3.5, -3.5), (3.5, -3.5), (3.5, 3.5), (-3.5, 3.5)])
    case 2: return polygon([(0, -4.5), (4.5, 3.5), (-4.5, 3.5)])
    default: return polygon([(0, -5), (5, 0), (0, 5), (-5, 0)])
    }
  }

  private static func label(
    _ text: String, _ x: Double, _ y: Double, anchor: String
  ) -> String {
    "<text x=\"\(n(x))\" y=\"\(n(y))\" text-anchor=\"\(anchor)\">"
      + "\(NotebookTable.escaped(text))</text>\n"
  }

  private static func n(_ value: Double) -> String { String(format: "%.1f", value) }

  /// The axis of one metric, with round numbers on it.
  private struct Scale {
    let ticks: [Double]
    private let low, high: Double

    init(_ values: [Double]) {
      let finite = values.filter(\.isFinite)
      let (least, most) = (finite.min() ?? 0, finite.max() ?? 1)
      let span = most > least ? most - least : max(abs(most), 1) * 0.1
      low = least - span * 0.06
      high = most + span * 0.06
      let raw = span / 4
      let power = pow(10, floor(log10(raw)))
      let step = [1.0, 2, 5, 10].map { $0 * power }.first { $0 >= raw } ?? raw
      let (bottom, above) = (low, high)
      ticks = stride(
        from: (bottom / step).rounded(.up), through: (above / step).rounded(.down), by: 1
      )
      .map { $0 * step + 0 }
    }

    /// From 0 at the bottom to 1 at the top.
    func place(_ value: Double) -> Double { (value - low) / (high - low) }
  }
}
