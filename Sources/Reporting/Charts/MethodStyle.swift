/// How a method is drawn: colour, mark and dashes, so that it is told apart in grey print as well.
struct MethodStyle: Equatable {
  /// The shape of a mark.
  enum Marker: CaseIterable {
    case circle, square, triangle, diamond, cross, downTriangle

    /// The path of the mark around a point.
    func commands(x: Double, y: Double, size: Double) -> String {
      func at(_ right: Double, _ down: Double) -> String {
        SVG.number(x + right * size) + " " + SVG.number(y + down * size)
      }
      switch self {
      case .circle:
        let r = SVG.number(size)
        return "M\(at(-1, 0))A\(r) \(r) 0 1 0 \(at(1, 0))A\(r) \(r) 0 1 0 \(at(-1, 0))Z"
      case .square:
        return "M\(at(-0.9, -0.9))L\(at(0.9, -0.9))L\(at(0.9, 0.9))L\(at(-0.9, 0.9))Z"
      case .triangle: return "M\(at(0, -1.2))L\(at(1.1, 0.8))L\(at(-1.1, 0.8))Z"
      case .diamond: return "M\(at(0, -1.3))L\(at(1.3, 0))L\(at(0, 1.3))L\(at(-1.3, 0))Z"
      case .cross:
        return "M\(at(-1, -0.4))L\(at(-0.4, -0.4))L\(at(-0.4, -1))L\(at(0.4, -1))L\(at(0.4, -0.4))"
          + "L\(at(1, -0.4))L\(at(1, 0.4))L\(at(0.4, 0.4))L\(at(0.4, 1))L\(at(-0.4, 1))"
          + "L\(at(-0.4, 0.4))L\(at(-1, 0.4))Z"
      case .downTriangle: return "M\(at(0, 1.2))L\(at(1.1, -0.8))L\(at(-1.1, -0.8))Z"
      }
    }
  }

  let colour: String
  let marker: Marker
  /// SVG's `stroke-dasharray`; empty for an unbroken line.
  let dash: String
}

/// The styles of a run's methods.
///
/// The colours are those of Okabe and Ito (2008), which people with any of the usual kinds of colour
/// blindness tell apart, without the yellow, which white paper swallows.
struct MethodStyles {
  private static let colours = [
    "#0072B2", "#009E73", "#CC79A7", "#E69F00", "#000000", "#56B4E9",
  ]
  private static let dashes = ["6 3", "2 3", "8 3 2 3", "4 2", "10 4", "3 1 1 1"]
  private static let vermilion = "#D55E00"

  private let styles: [String: MethodStyle]

  /// `main` is drawn in vermilion with an unbroken line; the others follow in their order.
  init(methods: [String], main: String?) {
    var styles: [String: MethodStyle] = [:]
    var next = 0
    for method in methods where styles[method] == nil {
      if method == main {
        styles[method] = MethodStyle(colour: Self.vermilion, marker: .circle, dash: "")
        continue
      }
      // The circle is the main method's; with many methods colours and marks come in new pairs.
      let markers = MethodStyle.Marker.allCases.dropFirst()
      styles[method] = MethodStyle(
        colour: Self.colours[next % Self.colours.count],
        marker: markers[markers.startIndex + next % markers.count],
        dash: Self.dashes[next % Self.dashes.count])
      next += 1
    }
    self.styles = styles
  }

  subscript(method: String) -> MethodStyle {
    styles[method] ?? MethodStyle(colour: ChartInk.axis, marker: .square, dash: "")
  }
}
