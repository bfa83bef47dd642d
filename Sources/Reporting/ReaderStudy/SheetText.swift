import Experiments
import Foundation

/// A table of text as spreadsheets write it: commas, semicolons or tabs, any line ends, quotes, with
/// or without a byte order mark.
struct SheetText {
  struct Row {
    /// The line in the file, from 1.
    let line: Int
    let cells: [String]
  }

  let header: [String]
  /// Without lines that are blank or hold separators alone.
  let rows: [Row]

  init(contentsOf path: String) throws {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw ExperimentError("\(path): cannot be read; check the path")
    }
    guard let text = String(data: data, encoding: .utf8) ?? String(data: data, encoding: .isoLatin1)
    else { throw ExperimentError("\(path): is no text; save it as CSV") }
    // A workbook or picture under the name of a table.
    guard !text.unicodeScalars.contains("\0") else {
      throw ExperimentError("\(path): is no text; save it as CSV")
    }
    self.init(text)
  }

  init(_ text: String) {
    var scalars = Array(text.unicodeScalars)
    if scalars.first == "\u{FEFF}" { scalars.removeFirst() }
    let rows = Self.parse(scalars, separator: Self.separator(scalars)).filter { row in
      row.cells.contains { !$0.isEmpty }
    }
    header = rows.first?.cells ?? []
    self.rows = Array(rows.dropFirst())
  }

  /// The most frequent separator of the first line.
  private static func separator(_ scalars: [Unicode.Scalar]) -> Unicode.Scalar {
    let line = scalars.prefix { $0 != "\n" && $0 != "\r" }
    let candidates: [Unicode.Scalar] = [",", ";", "\t"]
    return candidates.max { one, other in
      line.count { $0 == one } < line.count { $0 == other }
    } ?? ","
  }

  private static func parse(_ scalars: [Unicode.Scalar], separator: Unicode.Scalar) -> [Row] {
    var rows: [Row] = []
    var cells: [String] = []
    var cell = String.UnicodeScalarView()
    var (line, start, isQuoted) = (1, 1, false)
    func trimmed(_ cell: String.UnicodeScalarView) -> String {
      String(cell).trimmingCharacters(in: .whitespaces)
    }
    func endRow() {
      cells.append(trimmed(cell))
      rows.append(Row(line: start, cells: cells))
      (cells, cell) = ([], .init())
    }
    var index = 0
    while index < scalars.count {
      let scalar = scalars[index]
      let next = index + 1 < scalars.count ? scalars[index + 1] : nil
      index += 1
      if scalar == "\"" {
        if isQuoted, next == "\"" {
          cell.append(scalar)
          index += 1
        } else if isQuoted || cell.isEmpty {
          isQuoted.toggle()
        } else {
          cell.append(scalar)
        }
      } else if scalar == "\n" || scalar == "\r" {
        if scalar == "\r", next == "\n" { index += 1 }
        line += 1
        if isQuoted {
          cell.append("\n")
        } else {
          endRow()
          start = line
        }
      } else if scalar == separator, !isQuoted {
        cells.append(trimmed(cell))
        cell = .init()
      } else {
        cell.append(scalar)
      }
    }
    if !cell.isEmpty || !cells.isEmpty { endRow() }
    return rows
  }
}
