public import Arrays
import Foundation
import Numerics
import Synchronization

/// Writes slices as an array of BART, `.cfl` with `.hdr`: images with READ and PHS1, k-space with COIL
/// too, slices along SLICE.
///
/// Both files appear under their names on `commit()`, the header last, for without it there is no
/// array. Layout: mrirecon/bart, `src/misc/io.c` and `src/misc/mri.h`.
public final class BARTArrayWriter: Sendable {
  private let stem: String
  private let partial: String
  private let shape: [Int]
  private let slices: Int
  private let descriptor: Int32
  private let written = Mutex<Set<Int>>([])

  /// Starts the array of `slices` arrays `[rows, columns]` or `[coils, rows, columns]`.
  ///
  /// `path` may be the stem or end in `.cfl` or `.hdr`. Throws `ScanFileError` if it cannot be
  /// written.
  public init(path: String, slices: Int, shape: [Int]) throws(ScanFileError) {
    guard slices > 0, (2...3).contains(shape.count), shape.allSatisfy({ $0 > 0 }) else {
      shapeError("\(slices) slices \(shape) make no array of BART")
    }
    let ending = [".cfl", ".hdr"].first { path.hasSuffix($0) }
    stem = String(path.dropLast(ending?.count ?? 0))
    partial = PartialFile.name(for: stem + ".cfl")
    self.slices = slices
    self.shape = shape.count == 2 ? [1] + shape : shape
    descriptor = open(partial, O_WRONLY | O_CREAT | O_TRUNC, 0o666)
    guard descriptor >= 0 else {
      throw Self.failure(stem + ".cfl")
    }
  }

  deinit {
    close(descriptor)
    unlink(partial)
  }

  /// Writes one slice; slices may come in any order.
  ///
  /// Throws `ScanFileError` if the disk fails.
  public func write(_ values: ComplexArray, slice: Int) throws(ScanFileError) {
    guard values.count == shape.reduce(1, *),
      Array(values.shape.suffix(2)) == Array(shape.suffix(2)),
      (0..<slices).contains(slice)
    else { shapeError("\(values.shape) as slice \(slice) of \(slices) of \(shape)") }
    let (coils, rows, columns) = (shape[0], shape[1], shape[2])
    var turned: [Complex<Float>] = []
    turned.reserveCapacity(values.count)
    for coil in 0..<coils {
      for column in 0..<columns {
        for row in 0..<rows { turned.append(values.values[(coil * rows + row) * columns + column]) }
      }
    }
    let offset = 8 * slice * turned.count
    let isWhole = turned.withUnsafeBytes { raw in
      var done = 0
      while done < raw.count {
        let count = pwrite(
          descriptor, raw.baseAddress?.advanced(by: done), raw.count - done, offset + done)
        if count <= 0 { return false }
        done += count
      }
      return true
    }
    guard isWhole else { throw Self.failure(stem + ".cfl") }
    written.withLock { _ = $0.insert(slice) }
  }

  /// Brings both files to the disk under their names; throws `ScanFileError` if a slice is missing
  /// or the disk fails.
  public func commit() throws(ScanFileError) {
    let done = written.withLock { $0 }
    if let missing = (0..<slices).first(where: { !done.contains($0) }) {
      throw ScanFileError(
        file: stem + ".cfl", problem: .incomplete(dataset: "the array", slice: missing))
    }
    let sizes =
      [shape[1], shape[2], 1, shape[0]] + Array(repeating: 1, count: 9) + [slices, 1, 1]
    let text = "# Dimensions\n\(sizes.map(String.init).joined(separator: " "))\n"
    let header = PartialFile.name(for: stem + ".hdr")
    guard FileManager.default.createFile(atPath: header, contents: Data(text.utf8)) else {
      throw Self.failure(stem + ".hdr")
    }
    defer { unlink(header) }
    // An old header must not describe the new values.
    unlink(stem + ".hdr")
    try PartialFile.publish(partial, as: stem + ".cfl")
    try PartialFile.publish(header, as: stem + ".hdr")
  }

  private static func failure(_ path: String) -> ScanFileError {
    ScanFileError(
      file: path,
      problem: .writeFailed(object: "the array", reason: String(cString: strerror(errno))))
  }
}
