/// Why a reconstruction could not be measured against its reference.
public enum MetricError: Error, Equatable, CustomStringConvertible {
  /// Which of the two images an error speaks of.
  public enum Subject: String, Sendable {
    /// The fully sampled image.
    case reference
    /// The image under test.
    case reconstruction
  }

  /// The two images differ in shape.
  case shapeMismatch(reference: [Int], reconstruction: [Int])
  /// The shape is neither `[rows, columns]` nor `[slices, rows, columns]`, or holds no slice.
  case notImages(shape: [Int])
  /// A slice is smaller than the SSIM window.
  case tooSmall(rows: Int, columns: Int, window: Int)
  /// A pixel is NaN or infinite.
  case notFinite(Subject, slice: Int, row: Int, column: Int)
  /// The mask of a region has another size than the slice.
  case maskMismatch(image: [Int], mask: [Int])
  /// The maximum of the reference, which sets the data range, is not positive.
  case referenceNotPositive(maximum: Double)

  /// One sentence: what, where, what to do.
  public var description: String {
    switch self {
    case .shapeMismatch(let reference, let reconstruction):
      """
      the reference has shape \(reference) but the reconstruction has \(reconstruction); crop both \
      to the same size before measuring
      """
    case .notImages(let shape):
      "metrics need images [rows, columns] or [slices, rows, columns], not shape \(shape)"
    case .tooSmall(let rows, let columns, let window):
      """
      images of \(rows)×\(columns) pixels are smaller than the \(window)×\(window) window of SSIM; \
      metrics need at least \(window) rows and columns
      """
    case .notFinite(let subject, let slice, let row, let column):
      """
      the \(subject.rawValue) is not finite in slice \(slice) at row \(row), column \(column); \
      metrics of it would be meaningless
      """
    case .maskMismatch(let image, let mask):
      "the slice has shape \(image) but the mask of a region has \(mask); make it of that slice"
    case .referenceNotPositive(let maximum):
      """
      the maximum of the reference is \(maximum), so that there is no data range to measure by; \
      the reference must be a magnitude image with signal in it
      """
    }
  }
}
