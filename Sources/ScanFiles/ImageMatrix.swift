import Acquisition

/// The image that a scan's header declares where it is finer than what was measured.
///
/// K-space is zero-padded to `padded`, which is sinc interpolation of the image and adds no information, and the
/// central `size` is cut out of the result. Scanners do so to write images of round sizes (ZIP).
public struct ImageMatrix: Equatable, Sendable {
  /// Rows and columns that k-space is padded to: those of the image over the whole encoded extent.
  public let padded: [Int]
  /// Rows and columns of the image.
  public let size: [Int]

  /// A header that asks for an image of more than so many times the samples along an axis is not believed.
  static let largestFactor = 8

  /// The matrix for k-space of `rows` × `columns` without readout oversampling; nil where the header's image is
  /// no finer along any axis, or much finer than makes sense.
  init?(header: ScanHeader, rows: Int, columns: Int) {
    guard let image = header.reconstructed else { return nil }
    let encoded = header.encoded
    guard
      let row = Self.axis(
        rows, image.rows, encoded: encoded?.rowExtent, kept: image.rowExtent),
      let column = Self.axis(
        columns, image.columns, encoded: encoded?.columnExtent, kept: image.columnExtent),
      row.padded > rows || column.padded > columns
    else { return nil }
    padded = [row.padded, column.padded]
    size = [row.size, column.size]
  }

  /// An axis of `count` samples over `encoded` millimetres whose image has `declared` ones over `kept`.
  private static func axis(
    _ count: Int, _ declared: Int, encoded: Double?, kept: Double?
  ) -> (padded: Int, size: Int)? {
    if declared <= count { return (count, declared) }
    var factor = 1.0
    if let encoded, let kept, kept > 0, encoded > kept { factor = encoded / kept }
    let padded = (Double(declared) * factor).rounded()
    guard padded <= Double(largestFactor * count) else { return nil }
    return (Int(padded), declared)
  }
}

extension ReadoutCroppedScan {
  /// The finer matrix of the image that the header declares; nil where it declares none.
  public var declaredMatrix: ImageMatrix? {
    ImageMatrix(header: header, rows: rows, columns: columns)
  }
}
