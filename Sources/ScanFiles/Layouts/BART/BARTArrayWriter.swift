public import Arrays
import Foundation
import Numerics
import Synchronization

/// Writes slices as an array of BART, `.cfl` with `.hdr` or `.ra`: images with READ and PHS1, k-space with
/// COIL too, slices along SLICE.
///
/// The files appear under their names on `commit()`, a `.hdr` last, for without it there is no
/// array. Layout: mrirecon/bart, `src/misc/io.c` and `src/misc/mri.h`.
public final class BARTArrayWriter: Sendable {
  /// The path without its ending; with it for `.ra`.
  private let stem: String
  /// The path of the values.
  private let path: String
  /// Where the values begin.
  private let offset: Int
  private let partial: String
  private let shape: [Int]
  private let slices: Int
  private let descriptor: Int32
  private let written = Mutex<Set<Int>>([])

  /// Starts the array of `slices` arrays `[rows, columns]` or `[coils, rows, columns]`.
  ///
  /// `path` may be the stem or end in `.cfl`, `.hdr` or `.ra`. Throws `ScanFileError` if it cannot be
  /// written.
  public init(path: String, slices: Int, shape: [Int]) throws(ScanFileError) {
    guard slices > 0, (2...3).contains(shape.count), shape.allSatisfy({ $0 > 0 }) else {
      shapeError("\(slices) slices \(shape) make no array of BART")
    }
    let ending = [".cfl", ".hdr"].first { path.hasSuffix($0) }
    let isRawArray = path.hasSuffix(".ra")
    stem = String(path.dropLast(ending?.count ?? 0))
    self.path = isRawArray ? path : stem + ".cfl"
    partial = PartialFile.name(for: self.path)
    self.slices = slices
    self.shape = shape.count == 2 ? [1] + shape : shape
    let head =
      isRawArray ? Self.rawArrayHeader(Self.sizes(self.shape, slices: slices)) : []
    offset = head.count
    descriptor = open(partial, O_WRONLY | O_CREAT | O_TRUNC, 0o666)
    guard descriptor >= 0 else { throw Self.failure(self.path) }
    guard head.withUnsafeBytes({ write($0, at: 0) }) else { throw Self.failure(self.path) }
  }

  /// Magic, flags (little-endian), kind and bytes of an element (complex, 8), bytes in all, dimensions.
  ///
  /// Source: mrirecon/bart, `src/misc/io.c` (`ra_hdr`).
  private static func rawArrayHeader(_ sizes: [Int]) -> [UInt8] {
    let numbers = [0, 4, 8, 8 * sizes.reduce(1, *), sizes.count] + sizes
    return Array("rawarray".utf8)
      + numbers.flatMap { number in withUnsafeBytes(of: UInt64(number).littleEndian) { Array($0) } }
  }

  /// BART's 16 dimensions.
  private static func sizes(_ shape: [Int], slices: Int) -> [Int] {
    [shape[1], shape[2], 1, shape[0]] + Array(repeating: 1, count: 9) + [slices, 1, 1]
  }

  private func write(_ raw: UnsafeRawBufferPointer, at place: Int) -> Bool {
    var done = 0
    while done < raw.count {
      let count = pwrite(
        descriptor, raw.baseAddress?.advanced(by: done), raw.count - done, place + done)
      if count <= 0 { return false }
      done += count
    }
    return true
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
    let place = offset + 8 * slice * turned.count
    guard turned.withUnsafeBytes({ write($0, at: place) }) else { throw Self.failure(path) }
    written.withLock { _ = $0.insert(slice) }
  }

  /// Brings both files to the disk under their names; throws `ScanFileError` if a slice is missing
  /// or the disk fails.
  public func commit() throws(ScanFileError) {
    let done = written.withLock { $0 }
    if let missing = (0..<slices).first(where: { !done.contains($0) }) {
      throw ScanFileError(
        file: path, problem: .incomplete(dataset: "the array", slice: missing))
    }
    if offset > 0 { return try PartialFile.publish(partial, as: path) }
    let sizes = Self.sizes(shape, slices: slices)
    let text = "# Dimensions\n\(sizes.map(String.init).joined(separator: " "))\n"
    let header = PartialFile.name(for: stem + ".hdr")
    guard FileManager.default.createFile(atPath: header, contents: Data(text.utf8)) else {
      throw Self.failure(stem + ".hdr")
    }
    defer { unlink(header) }
    try PartialFile.publish([(partial, path), (header, stem + ".hdr")])
  }

  private static func failure(_ path: String) -> ScanFileError {
    ScanFileError(
      file: path,
      problem: .writeFailed(object: "the array", reason: String(cString: strerror(errno))))
  }
}
