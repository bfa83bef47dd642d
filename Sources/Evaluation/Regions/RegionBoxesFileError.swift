/// Why a file of boxes could not be read.
public enum RegionBoxesFileError: Error, Equatable, CustomStringConvertible {
  /// The file does not exist or is no UTF-8 text.
  case unreadable(path: String, reason: String)
  /// The first line lacks a column.
  case missingColumn(path: String, column: String)
  /// A line, counted from 1, does not hold what it should.
  case badLine(path: String, line: Int, problem: String)

  /// One sentence: what, where, what to do.
  public var description: String {
    switch self {
    case .unreadable(let path, let reason):
      "\(path) could not be read as a table of boxes: \(reason)"
    case .missingColumn(let path, let column):
      """
      \(path), line 1: there is no column “\(column)”; a table of boxes has the columns \
      \(RegionBoxesFile.columns.joined(separator: ", "))
      """
    case .badLine(let path, let line, let problem):
      "\(path), line \(line): \(problem)"
    }
  }
}
