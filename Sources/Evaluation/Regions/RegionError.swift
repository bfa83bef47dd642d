/// Why a region could not be laid over a slice.
public enum RegionError: Error, Equatable, CustomStringConvertible {
  /// No pixel of the box lies in the slice.
  case outside(box: RegionBox, rows: Int, columns: Int)
  /// The reference is not one slice `[rows, columns]`.
  case notSlice(shape: [Int])
  /// A pixel of the reference is NaN or infinite, so that no threshold divides it.
  case notFinite(row: Int, column: Int)

  /// One sentence: what, where, what to do.
  public var description: String {
    switch self {
    case .outside(let box, let rows, let columns):
      """
      the box “\(box.label)” of \(box.height)×\(box.width) pixels at row \(box.row), column \
      \(box.column) lies outside the image of \(rows)×\(columns); was the image cropped since the \
      box was drawn?
      """
    case .notSlice(let shape):
      "a region needs a reference [rows, columns], not one of shape \(shape)"
    case .notFinite(let row, let column):
      """
      the reference is not finite at row \(row), column \(column), so that its foreground is not \
      defined
      """
    }
  }
}
