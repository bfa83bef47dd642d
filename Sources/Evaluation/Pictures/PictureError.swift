/// Why a picture could not be made.
public enum PictureError: Error, Equatable, CustomStringConvertible {
  /// There is neither a reference nor a reconstruction.
  case nothingToShow
  /// An image is not `[rows, columns]` or differs in shape from the first.
  case shapeMismatch(title: String, shape: [Int], expected: [Int])
  /// An image holds NaN or infinity.
  case notFinite(title: String, row: Int, column: Int)
  /// libpng could not encode the picture.
  case notEncoded(reason: String)
  /// libpng could not read the picture.
  case notRead(file: String, reason: String)

  /// One sentence: what, where, what to do.
  public var description: String {
    switch self {
    case .nothingToShow: "a picture sheet needs at least one image"
    case .shapeMismatch(let title, let shape, let expected):
      """
      the image '\(title)' has shape \(shape) but the sheet shows \(expected); crop all images of \
      a sheet to the same rows and columns
      """
    case .notFinite(let title, let row, let column):
      "the image '\(title)' is not finite at row \(row), column \(column) and is not shown"
    case .notEncoded(let reason): "a picture could not be encoded: \(reason)"
    case .notRead(let file, let reason):
      "\(file): cannot be read as a PNG picture (\(reason)); check the path and the file"
    }
  }
}
