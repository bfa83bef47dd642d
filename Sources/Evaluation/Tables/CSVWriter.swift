import Foundation

/// One cell of a CSV file.
public enum CSVField: Sendable, Equatable {
  /// Words; quoted where RFC 4180 asks for it.
  case text(String)
  /// A number in the fewest digits that read back as the same `Double`; `inf`, `-inf` or `nan`.
  case number(Double)
  /// A whole number.
  case integer(Int)
  /// Nothing: a figure that does not exist.
  case empty

  fileprivate var encoded: String {
    switch self {
    case .text(let text): CSVField.quoted(text)
    case .number(let number): "\(number)"
    case .integer(let integer): "\(integer)"
    case .empty: ""
    }
  }

  fileprivate static func quoted(_ text: String) -> String {
    // By scalars: a carriage return and a newline are one `Character`.
    guard text.unicodeScalars.contains(where: { "\",\r\n".unicodeScalars.contains($0) }) else {
      return text
    }
    return "\""
      + text.split(separator: "\"", omittingEmptySubsequences: false)
      .joined(separator: "\"\"") + "\""
  }
}

/// Collects the rows of a comma-separated file and writes it in one piece.
///
/// Quoting as in RFC 4180; lines end with a newline alone, which its readers take too.
public struct CSVWriter: Sendable {
  /// The header.
  public let columns: [String]
  /// One field per column each, in the order of appending.
  public private(set) var rows: [[CSVField]] = []

  /// A file with a header line of `columns`.
  public init(columns: [String]) {
    self.columns = columns
  }

  /// Adds a row; it must hold one field per column.
  public mutating func append(_ fields: [CSVField]) {
    precondition(fields.count == columns.count, "a CSV row needs one field per column")
    rows.append(fields)
  }

  /// The whole file: the header, then the rows in the order of appending.
  public var text: String {
    ([columns.map(CSVField.quoted)] + rows.map { $0.map(\.encoded) })
      .map { $0.joined(separator: ",") + "\n" }.joined()
  }

  /// Writes the file by way of a temporary one beside it.
  ///
  /// - Throws: `OutputFileError` if the folder does not exist or cannot be written.
  public func write(to path: String) throws {
    let data = Data(text.utf8)
    try writeAtomically(to: path) { temporary in
      guard let file = fopen(temporary, "wb") else {
        throw OutputFileError(path: path, reason: String(cString: strerror(errno)))
      }
      let written = data.withUnsafeBytes { fwrite($0.baseAddress, 1, $0.count, file) }
      // Closing flushes; a full disk may show only there.
      let closed = fclose(file)
      guard written == data.count, closed == 0 else {
        throw OutputFileError(path: path, reason: String(cString: strerror(errno)))
      }
    }
  }
}
