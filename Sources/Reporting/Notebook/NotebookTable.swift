import Evaluation
import Foundation

/// A table of text cells, shown just as the class `Table` in the notebook's code shows it.
struct NotebookTable {
  let columns: [String]
  var rows: [[String]] = []

  /// The cells padded to columns; what `repr` gives in Python.
  var plainText: String {
    let lines = [columns] + rows
    // Python counts code points.
    let widths = columns.indices.map { column in
      lines.map { $0[column].unicodeScalars.count }.max() ?? 0
    }
    return lines.map { line in
      let padded = zip(line, widths).map { cell, width in
        cell + String(repeating: " ", count: width - cell.unicodeScalars.count)
      }
      var text = padded.joined(separator: "  ")
      while text.unicodeScalars.last == " " { text.unicodeScalars.removeLast() }
      return text
    }.joined(separator: "\n")
  }

  var html: String {
    func row(_ cells: [String], _ tag: String) -> String {
      "<tr>" + cells.map { "<\(tag)>\(Self.escaped($0))</\(tag)>" }.joined() + "</tr>"
    }
    return
      (["<table>", "<thead>", row(columns, "th"), "</thead>", "<tbody>"]
      + rows.map { row($0, "td") } + ["</tbody>", "</table>"]).joined(separator: "\n")
  }

  /// The table as the value of a cell.
  var output: NotebookDocument.Output {
    .result([("text/plain", plainText), ("text/html", html)])
  }

  /// As Python's `html.escape`.
  static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#x27;"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}

/// Numbers as the notebook's code writes them.
enum NotebookNumber {
  /// Four significant digits; a dash for none.
  static func figure(_ value: Double?) -> String {
    guard let value else { return "–" }
    if value.isInfinite { return value > 0 ? "inf" : "-inf" }
    return String(format: "%#.4g", value)
  }

  /// The figure with its interval.
  static func figure(_ value: Double?, _ lower: Double?, _ upper: Double?) -> String {
    let text = figure(value)
    return lower == nil ? text : "\(text) [\(figure(lower)), \(figure(upper))]"
  }

  static func p(_ value: Double?) -> String {
    guard let value else { return "–" }
    return value < 0.001 ? "< 0.001" : String(format: "%.3f", value)
  }

  /// As Python's format `g`.
  static func factor(_ value: Double?) -> String {
    value.map { String(format: "%g", $0) } ?? "–"
  }
}
