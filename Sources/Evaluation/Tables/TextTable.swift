/// A table for the terminal: columns padded to the width of their widest cell.
public struct TextTable: Sendable {
  /// Where a column's cells stand.
  public enum Alignment: Sendable {
    /// Words.
    case left
    /// Numbers.
    case right
  }

  private let titles: [String]
  private let alignments: [Alignment]
  private var rows: [[String]] = []

  /// A table with one title and alignment per column.
  public init(_ columns: [(title: String, alignment: Alignment)]) {
    titles = columns.map(\.title)
    alignments = columns.map(\.alignment)
  }

  /// Adds a row; it must hold one cell per column.
  public mutating func append(_ cells: [String]) {
    precondition(cells.count == titles.count, "a table row needs one cell per column")
    rows.append(cells)
  }

  /// The title line, a rule and the rows, joined by newlines, without one at the end.
  public var text: String {
    let widths = titles.indices.map { column in
      ([titles] + rows).map { $0[column].terminalWidth }.max() ?? 0
    }
    func line(_ cells: [String]) -> String {
      var line = ""
      for column in cells.indices {
        let padding = String(repeating: " ", count: widths[column] - cells[column].terminalWidth)
        let cell = alignments[column] == .left ? cells[column] + padding : padding + cells[column]
        line += (column == 0 ? "" : "  ") + cell
      }
      while line.last == " " { line.removeLast() }
      return line
    }
    let rule = widths.map { String(repeating: "─", count: $0) }.joined(separator: "  ")
    return ([line(titles), rule] + rows.map(line)).joined(separator: "\n")
  }
}

extension String {
  /// The columns that the string takes on a terminal: one per character as a reader counts them,
  /// two for the wide ones of East Asian scripts and for emoji.
  var terminalWidth: Int {
    reduce(0) { $0 + ($1.isWideOnTerminal ? 2 : 1) }
  }
}

extension Character {
  fileprivate var isWideOnTerminal: Bool {
    guard let scalar = unicodeScalars.first else { return false }
    if scalar.properties.isEmojiPresentation { return true }
    switch scalar.value {
    case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF,
      0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x20000...0x3FFFD:
      return true
    default: return false
    }
  }
}
