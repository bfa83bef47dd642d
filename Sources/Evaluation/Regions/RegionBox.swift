/// A rectangle of pixels of a slice, such as a finding that a radiologist marked.
public struct RegionBox: Sendable, Hashable, Codable {
  /// The first row.
  public let row: Int
  /// The first column.
  public let column: Int
  /// The number of rows.
  public let height: Int
  /// The number of columns.
  public let width: Int
  /// What the box holds.
  public let label: String

  /// The rows `row ..< row + height` and columns `column ..< column + width`, in pixels.
  public init(row: Int, column: Int, height: Int, width: Int, label: String) {
    (self.row, self.column) = (row, column)
    (self.height, self.width) = (height, width)
    self.label = label
  }

  /// The part of the box within a slice of `rows`×`columns` pixels.
  ///
  /// - Throws: `RegionError.outside` if no pixel of the box lies in the slice.
  public func clipped(rows: Int, columns: Int) throws(RegionError) -> RegionBox {
    let (top, left) = (max(0, row), max(0, column))
    let bottom = min(rows, row + height)
    let right = min(columns, column + width)
    guard top < bottom, left < right else {
      throw .outside(box: self, rows: rows, columns: columns)
    }
    return RegionBox(
      row: top, column: left, height: bottom - top, width: right - left, label: label)
  }
}
