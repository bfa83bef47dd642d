/// Names and values in two columns, indented.
enum AlignedLines {
  static func text(_ lines: [(name: String, value: String)]) -> String {
    let width = lines.map(\.name.count).max() ?? 0
    return lines.map { line in
      "  " + line.name + String(repeating: " ", count: width - line.name.count + 2) + line.value
    }.joined(separator: "\n")
  }
}
