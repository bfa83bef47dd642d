/// Tables in the Markdown of GitHub.
enum Markdown {
  static func text(_ table: PrintedTable) -> String {
    func line(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |\n" }
    var text = "**\(escaped(table.part.prefix(1).uppercased() + table.part.dropFirst()))**\n\n"
    text += line(table.columns.map { escaped($0.title) })
    text += line(table.columns.map { $0.isNumber ? "---:" : ":---" })
    for row in table.rows { text += line(row.map(escaped)) }
    text += "\n" + escaped(table.caption) + "\n"
    for note in table.notes { text += "\n" + escaped(note) + "\n" }
    return text
  }

  /// `text` with the characters that Markdown reads as marks escaped, on one line.
  static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\", "`", "*", "_", "|", "[", "]", "<", ">", "#", "~", "$": result += "\\\(scalar)"
      // An ampersand could begin an entity; inside a cell a line break would end the row.
      case "&": result += "&amp;"
      case "\n", "\r": result += " "
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
