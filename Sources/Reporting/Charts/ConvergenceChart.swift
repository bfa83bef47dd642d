import Evaluation
public import Experiments
import Foundation

/// How near the solvers of a method are to the minimum, and to the fully sampled image, by iteration.
public struct ConvergenceChart {
  private let result: ConvergenceResult
  private let method: String

  /// The chart of the runs of `method`.
  public init(_ result: ConvergenceResult, method: String) {
    self.result = result
    self.method = method
  }

  private static let size = (left: 66.0, top: 30.0, width: 360.0, height: 260.0)

  /// An SVG file.
  public var file: String {
    let runs = result.runs.filter { $0.method == method }
    let styles = MethodStyles(methods: runs.map(\.variant), main: nil)
    let size = Self.size
    let cell = size.left + size.width + 24
    var svg = SVG(
      width: 2 * cell, height: size.top + size.height + 54 + 18 * Double((runs.count + 1) / 2),
      label: "\(method): distance to the minimum and NMSE by iteration")
    svg.rectangle(x: 0, y: 0, width: svg.width, height: svg.height, fill: "#ffffff")
    let plots: [(String, (ConvergenceRun.Point) -> Double)] = [
      ("(objective − best) / best", { result.distance($0, of: method) }),
      ("NMSE of the image", { $0.nmse }),
    ]
    let last = runs.flatMap(\.points).map(\.iteration).max() ?? 1
    for (index, (title, value)) in plots.enumerated() {
      // The best itself is at no place of a logarithmic axis.
      let values = runs.flatMap(\.points).map(value).filter { $0 > 1e-6 && $0.isFinite }
      let frame = ChartPanel(
        x: Double(index) * cell + size.left, y: size.top, width: size.width, height: size.height,
        horizontal: ChartAxis.linear([0, Double(last)]), vertical: ChartAxis.decades(values))
      frame.draw(
        on: &svg, title: "\(method): \(title)", horizontalTitle: "iteration", verticalTitle: "")
      for run in runs {
        let style = styles[run.variant]
        let points = run.points.filter { value($0) > 1e-6 }
        svg.path(
          points.map { frame.point(Double($0.iteration), value($0)) }, colour: style.colour,
          width: 1.6, dash: style.dash)
      }
    }
    for (index, run) in runs.enumerated() {
      let (x, y) = (
        size.left + Double(index % 2) * cell,
        size.top + size.height + 58 + 18 * Double(index / 2)
      )
      let style = styles[run.variant]
      svg.line((x, y - 4), (x + 34, y - 4), colour: style.colour, width: 1.6, dash: style.dash)
      svg.text(run.variant, x: x + 42, y: y)
    }
    return svg.file
  }
}
