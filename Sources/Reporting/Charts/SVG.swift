import Evaluation
import Foundation

/// A picture of lines and words in SVG, to stand inside an HTML page.
///
/// Coordinates are in CSS pixels and written with one decimal, so that equal figures give equal
/// bytes.
struct SVG {
  /// Where a text stands relative to its point.
  enum Anchor: String {
    case start, middle, end
  }

  let width, height: Double
  /// What the picture shows, for those who cannot see it.
  let label: String
  private(set) var body = ""

  init(width: Double, height: Double, label: String) {
    self.width = width
    self.height = height
    self.label = label
  }

  /// The whole element.
  var text: String {
    let (width, height) = (Self.number(width), Self.number(height))
    return "<svg class=\"chart\" role=\"img\" viewBox=\"0 0 \(width) \(height)\" "
      + "width=\"\(width)\" height=\"\(height)\"><title>\(Self.escaped(label))</title>"
      + body + "</svg>"
  }

  /// The element as a file of its own.
  var file: String {
    text.replacing(
      "<svg ", with: "<svg xmlns=\"http://www.w3.org/2000/svg\" font-family=\"sans-serif\" ",
      maxReplacements: 1) + "\n"
  }

  mutating func line(
    _ from: (x: Double, y: Double), _ to: (x: Double, y: Double), colour: String,
    width: Double = 1, dash: String = ""
  ) {
    path([from, to], colour: colour, width: width, dash: dash)
  }

  mutating func path(
    _ points: [(x: Double, y: Double)], colour: String, width: Double = 1, dash: String = ""
  ) {
    let dashes = dash.isEmpty ? "" : " stroke-dasharray=\"\(dash)\""
    body +=
      "<path d=\"\(Self.commands(points))\" fill=\"none\" stroke=\"\(colour)\" "
      + "stroke-width=\"\(Self.number(width))\"\(dashes)/>"
  }

  mutating func area(_ points: [(x: Double, y: Double)], colour: String, opacity: Double) {
    body +=
      "<path d=\"\(Self.commands(points))Z\" fill=\"\(colour)\" "
      + "fill-opacity=\"\(opacity.text(digits: 2))\"/>"
  }

  mutating func rectangle(
    x: Double, y: Double, width: Double, height: Double, fill: String, opacity: Double = 1,
    stroke: String = "none"
  ) {
    body +=
      "<rect x=\"\(Self.number(x))\" y=\"\(Self.number(y))\" width=\"\(Self.number(width))\" "
      + "height=\"\(Self.number(height))\" fill=\"\(fill)\" "
      + "fill-opacity=\"\(opacity.text(digits: 2))\" stroke=\"\(stroke)\"/>"
  }

  /// A mark of `style` around a point; `hint` shows when the pointer rests on it.
  mutating func mark(
    _ style: MethodStyle, x: Double, y: Double, size: Double = 4, isFilled: Bool = true,
    hint: String = ""
  ) {
    let fill = isFilled ? style.colour : "#ffffff"
    let title = hint.isEmpty ? "" : "<title>\(Self.escaped(hint))</title>"
    body +=
      "<path d=\"\(style.marker.commands(x: x, y: y, size: size))\" fill=\"\(fill)\" "
      + "stroke=\"\(style.colour)\">\(title)</path>"
  }

  mutating func text(
    _ text: String, x: Double, y: Double, anchor: Anchor = .start, size: Double = 12,
    colour: String = ChartInk.text, isBold: Bool = false, turn: Double = 0, hint: String = ""
  ) {
    let weight = isBold ? " font-weight=\"600\"" : ""
    let transform =
      turn == 0
      ? "" : " transform=\"rotate(\(Self.number(turn)) \(Self.number(x)) \(Self.number(y)))\""
    let title = hint.isEmpty ? "" : "<title>\(Self.escaped(hint))</title>"
    body +=
      "<text x=\"\(Self.number(x))\" y=\"\(Self.number(y))\" text-anchor=\"\(anchor.rawValue)\" "
      + "font-size=\"\(Self.number(size))\" fill=\"\(colour)\"\(weight)\(transform)>"
      + "\(title)\(Self.escaped(text))</text>"
  }

  /// About how wide `text` is; no font is at hand to measure it.
  static func width(of text: String, size: Double = 12) -> Double {
    size * text.reduce(0) { $0 + ("iljtf.,:;'|!()[] ".contains($1) ? 0.34 : 0.58) }
  }

  /// `text` cut with an ellipsis to about `width`.
  static func shortened(_ text: String, to width: Double, size: Double = 12) -> String {
    guard self.width(of: text, size: size) > width else { return text }
    var short = text
    while !short.isEmpty, self.width(of: short + "…", size: size) > width { short.removeLast() }
    return short + "…"
  }

  /// `text` as SVG and HTML show it, whatever it holds.
  static func escaped(_ text: String) -> String {
    text.unicodeScalars.reduce(into: "") { result, scalar in
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      // Control characters are not allowed in XML at all.
      case _ where scalar.value < 32: result += " "
      default: result.unicodeScalars.append(scalar)
      }
    }
  }

  /// A coordinate with at most one decimal.
  static func number(_ value: Double) -> String {
    let text = value.text(digits: 1)
    let short = text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    return short == "-0" ? "0" : short
  }

  private static func commands(_ points: [(x: Double, y: Double)]) -> String {
    points.enumerated().map { index, point in
      (index == 0 ? "M" : "L") + number(point.x) + " " + number(point.y)
    }.joined()
  }
}

/// The greys of charts.
enum ChartInk {
  static let text = "#222222"
  static let axis = "#555555"
  static let grid = "#e2e2e2"
}
