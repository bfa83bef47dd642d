import ScanFiles

/// Names and values in two columns, indented.
enum AlignedLines {
  static func text(_ lines: [(name: String, value: String)]) -> String {
    // They may come from a file that a stranger wrote.
    let lines = lines.map { (name: printable($0.name), value: printable($0.value)) }
    let width = lines.map(\.name.count).max() ?? 0
    return lines.map { line in
      "  " + line.name + String(repeating: " ", count: width - line.name.count + 2) + line.value
    }.joined(separator: "\n")
  }
}
