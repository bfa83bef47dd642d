public import Arrays
import CZLib
import Foundation

/// Writes a volume of magnitude images as NIfTI-1, `.nii.gz` or `.nii` by its name.
///
/// The file's first axis is the images' columns, the second their rows. It appears under its name on
/// `commit()`.
public final class NIfTIWriter {
  private let path: String
  private let partial: String
  private let size: (rows: Int, columns: Int)
  private let slices: Int
  private var written = 0
  private var file: gzFile?

  /// Starts the file; `description` is cut to 79 characters of ASCII.
  ///
  /// Throws `ScanFileError` if it cannot be written.
  public init(
    path: String, slices: Int, size: (rows: Int, columns: Int), geometry: VolumeGeometry,
    description: String
  ) throws(ScanFileError) {
    guard slices > 0, max(slices, size.rows, size.columns) <= Int(Int16.max) else {
      throw ScanFileError(
        file: path,
        problem: .unsupported(
          "\(size.columns) × \(size.rows) × \(slices) elements are more than NIfTI-1 can number",
          cure: "choose fewer slices"))
    }
    self.path = path
    self.size = size
    self.slices = slices
    partial = PartialFile.name(for: path)
    // T writes without compression.
    file = gzopen(partial, path.hasSuffix(".gz") ? "wb6" : "wbT")
    try write(
      NIfTIHeader.bytes(
        columns: size.columns, rows: size.rows, slices: slices, geometry: geometry,
        description: description))
  }

  deinit {
    if let file { gzclose(file) }
    unlink(partial)
  }

  /// Writes the image `[rows, columns]` of the next slice.
  ///
  /// Throws `ScanFileError` if the disk fails.
  public func append(_ image: RealArray) throws(ScanFileError) {
    guard image.shape == [size.rows, size.columns], written < slices else {
      shapeError("\(image.shape) as slice \(written) of a volume of \(slices) of \(size)")
    }
    let words = image.values.map { $0.bitPattern.littleEndian }
    try write(words.withUnsafeBytes { Array($0) })
    written += 1
  }

  /// Brings the file to the disk under its name; throws `ScanFileError` if a slice is missing or the
  /// disk fails.
  public func commit() throws(ScanFileError) {
    guard written == slices else {
      throw ScanFileError(
        file: path, problem: .incomplete(dataset: "the volume", slice: written))
    }
    guard let file else { throw failure }
    self.file = nil
    guard gzclose(file) == Z_OK else { throw failure }
    try PartialFile.publish(partial, as: path)
  }

  private func write(_ bytes: [UInt8]) throws(ScanFileError) {
    guard let file, gzwrite(file, bytes, UInt32(bytes.count)) == Int32(clamping: bytes.count) else {
      throw failure
    }
  }

  private var failure: ScanFileError {
    ScanFileError(
      file: path,
      problem: .writeFailed(object: "the file", reason: String(cString: strerror(errno))))
  }
}
