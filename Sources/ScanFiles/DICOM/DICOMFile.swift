import CDCMTK
import Foundation

/// A DICOM file in memory, by DCMTK.
final class DICOMFile {
  private let file: OpaquePointer
  /// The path that errors name.
  private let path: String

  /// An empty file that will be written to `path`.
  init(creating path: String) {
    guard let file = cdcmtk_new() else { fatalError("no memory for a DICOM file") }
    self.file = file
    self.path = path
  }

  /// Reads the file at `path`; throws `ScanFileError` if it is no DICOM file.
  init(reading path: String) throws(ScanFileError) {
    guard let file = cdcmtk_read(path) else {
      throw ScanFileError(
        file: path, problem: .unreadable(reason: "it is no DICOM file or is damaged"))
    }
    self.file = file
    self.path = path
  }

  deinit { cdcmtk_free(file) }

  /// Sets an attribute of texts; several values are divided by backslashes.
  ///
  /// Throws `ScanFileError` if DCMTK does not take it.
  func put(_ attribute: DICOMAttribute, _ value: String) throws(ScanFileError) {
    try check(cdcmtk_put_text(file, attribute.tag, attribute.kind, value))
  }

  /// Sets an attribute of decimal numbers.
  func put(_ attribute: DICOMAttribute, _ values: [Double]) throws(ScanFileError) {
    try put(attribute, values.map(Self.decimal).joined(separator: "\\"))
  }

  /// Sets an attribute of one number of sixteen bits.
  func put(_ attribute: DICOMAttribute, word: Int) throws(ScanFileError) {
    try check(cdcmtk_put_word(file, attribute.tag, UInt16(word)))
  }

  /// Sets the pixels, row by row.
  func put(pixels: [UInt16]) throws(ScanFileError) {
    try check(cdcmtk_put_pixels(file, pixels, pixels.count))
  }

  /// The values of an attribute as one text; nil if it is missing.
  func text(_ attribute: DICOMAttribute) -> String? {
    cdcmtk_text(file, attribute.tag).map { String(cString: $0) }
  }

  /// The numbers of an attribute of decimal numbers; none if it is missing.
  func numbers(_ attribute: DICOMAttribute) -> [Double] {
    (text(attribute) ?? "").split(separator: "\\").compactMap { Double($0) }
  }

  /// The pixels, row by row.
  var pixels: [UInt16] {
    var count = 0
    let values = cdcmtk_pixels(file, &count)
    return Array(UnsafeBufferPointer(start: values, count: count))
  }

  /// Writes the file beside its path and renames it when it is whole and on the disk.
  ///
  /// DCMTK only makes the bytes: its own writing does not notice a disk that is full at the end.
  func write() throws(ScanFileError) {
    var start: UnsafeMutablePointer<UInt8>?
    var count = 0
    try check(cdcmtk_encode(file, &start, &count))
    defer { free(start) }
    let partial = PartialFile.name(for: path)
    defer { unlink(partial) }
    guard let stream = fopen(partial, "wb") else { throw failure(String(cString: strerror(errno))) }
    let written = fwrite(start, 1, count, stream)
    guard fclose(stream) == 0, written == count else {
      throw failure(String(cString: strerror(errno)))
    }
    try PartialFile.publish(partial, as: path)
  }

  /// A decimal number as DICOM has it, at most 16 characters long.
  static func decimal(_ value: Double) -> String {
    // The directions of a turned slice may be off zero by rounding alone.
    if abs(value) < 1e-30 { return "0" }
    for digits in stride(from: 15, to: 0, by: -1) {
      let text = String(format: "%.\(digits)g", value)
      if text.utf8.count <= 16 { return text }
    }
    return "0"
  }

  private func check(_ reason: UnsafePointer<CChar>?) throws(ScanFileError) {
    if let reason { throw failure(String(cString: reason)) }
  }

  private func failure(_ reason: String) -> ScanFileError {
    ScanFileError(file: path, problem: .writeFailed(object: "the file", reason: reason))
  }
}
