public import Acquisition
import Arrays
import Foundation
import Numerics

/// A sampling mask that a user brings in a file.
///
/// NumPy's `.npy`; HDF5 with a dataset `mask`, such as fastMRI's scans and `recon.h5`; a BART array, whose first
/// axis is the readout; or a text of 0 and 1, a line for each row. Sampled is what is not 0 in an array of
/// BART, and what is 1 elsewhere, where no value but 0 and 1 may stand. One axis longer than 1 is of columns;
/// two are rows and columns, and where all rows are alike the mask is one of columns too.
public struct MaskFile: Sendable {
  public let file: String
  /// The rows of a mask of points; nil for one of columns.
  public let rows: Int?
  public let columns: Int
  /// `[columns]`, or `[rows, columns]` of a mask of points.
  public let samples: [Bool]

  /// More points than the mask of any scan has: 4096 × 4096.
  private static let mostValues = 1 << 24

  /// Reads the mask in the file at `path`; throws `ScanFileError` where it holds none.
  public init(contentsOf path: String) throws(ScanFileError) {
    let (shape, values) = try Self.values(in: path)
    let axes = shape.filter { $0 > 1 }
    guard axes.count == 1 || axes.count == 2, values.count == axes.reduce(1, *) else {
      throw ScanFileError(
        file: path,
        problem: .unsupported(
          "is an array of shape \(shape) and no mask",
          cure: "give one value for each column, or rows of them"))
    }
    if let place = values.firstIndex(where: { $0 != 0 && $0 != 1 }) {
      throw ScanFileError(
        file: path,
        problem: .unsupported(
          "holds \(values[place]) at \(place)", cure: "a mask is made of 0 and 1"))
    }
    let samples = values.map { $0 == 1 }
    let columns = axes[axes.count - 1]
    let first = samples.prefix(columns)
    let isOfColumns = stride(from: 0, to: samples.count, by: columns).allSatisfy {
      samples[$0..<$0 + columns].elementsEqual(first)
    }
    file = path
    self.columns = columns
    rows = isOfColumns ? nil : axes[0]
    self.samples = isOfColumns ? Array(first) : samples
  }

  /// The mask over a matrix of `rows × columns`, cleared outside the columns `acquired`.
  ///
  /// Throws `ScanFileError` for another matrix, `SamplingMaskError` where nothing of it is left.
  public func mask(rows: Int, columns: Int, acquired: Range<Int>) throws -> SamplingMask {
    guard columns == self.columns, self.rows == nil || self.rows == rows else {
      let size = self.rows.map { "\($0) × \(self.columns) points" } ?? "\(self.columns) columns"
      throw ScanFileError(
        file: file,
        problem: .unsupported(
          "is a mask of \(size), and the scan's matrix is \(rows) × \(columns)",
          cure: "give a mask of that size (without the readout's oversampling)"))
    }
    guard let height = self.rows else {
      return try SamplingMask(columns: samples, acquired: acquired)
    }
    return try SamplingMask(points: samples, rows: height, columns: columns, acquired: acquired)
  }

  private static func values(
    in path: String
  ) throws(ScanFileError) -> (shape: [Int], values: [Double]) {
    if let array = try BARTArray(path: path) { return try values(of: array) }
    func fail(_ reason: String) -> ScanFileError {
      ScanFileError(file: path, problem: .unreadable(reason: reason))
    }
    guard PlainFile.isPlain(path) else { throw fail("no such file") }
    guard
      let facts = try? FileManager.default.attributesOfItem(
        atPath: URL(fileURLWithPath: path).resolvingSymlinksInPath().path),
      let size = facts[.size] as? Int, let handle = FileHandle(forReadingAtPath: path)
    else { throw fail("permission denied") }
    defer { try? handle.close() }
    let head = ((try? handle.read(upToCount: 8)) ?? nil) ?? Data()
    if head.starts(with: [0x89, 0x48, 0x44, 0x46]) {
      let dataset = try HDF5File(reading: path).dataset("mask")
      // HDF5 need not store what it says it holds, and the product of sizes may be beyond any number.
      guard dataset.shape.reduce(1.0, { $0 * Double($1) }) <= Double(mostValues) else {
        throw fail("'mask' of shape \(dataset.shape) is too large for a mask")
      }
      return (dataset.shape, try dataset.doubles())
    }
    // A value of 8 bytes, or a digit and what separates it from the next.
    guard size <= 8 * mostValues else { throw fail("\(size) bytes are too many for a mask") }
    guard let rest = try? handle.readToEnd() ?? Data() else { throw fail("the disk fails") }
    let bytes = head + rest
    if NumPyArray.isOne(bytes) {
      let array = try NumPyArray(bytes, file: path, mostValues: mostValues)
      return (array.shape, array.values)
    }
    guard size <= 4 * mostValues else { throw fail("\(size) bytes are too many for a mask") }
    return try text(bytes, file: path)
  }

  /// BART's first axis runs fastest.
  private static func values(
    of array: BARTArray
  ) throws(ScanFileError) -> (shape: [Int], values: [Double]) {
    let axes = array.sizes.filter { $0 > 1 }
    guard axes.count <= 2, axes.reduce(1, *) <= mostValues else { return (axes, []) }
    let values = try array.values(
      at: Array(repeating: 0, count: array.sizes.count), count: axes.reduce(1, *))
    let flags = values.map { $0.lengthSquared != 0 ? 1.0 : 0 }
    guard axes.count == 2 else { return (axes, flags) }
    let turned = (0..<flags.count).map { flags[$0 / axes[1] + axes[0] * ($0 % axes[1])] }
    return (axes, turned)
  }

  /// Lines of 0 and 1, with or without blanks or commas between them.
  private static func text(
    _ bytes: Data, file: String
  ) throws(ScanFileError) -> (shape: [Int], values: [Double]) {
    var rows: [[Double]] = []
    var row: [Double] = []
    for (place, byte) in (bytes + [0x0a]).enumerated() {
      switch byte {
      case UInt8(ascii: "0"), UInt8(ascii: "1"): row.append(byte == UInt8(ascii: "1") ? 1 : 0)
      case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: ","), UInt8(ascii: "\r"): break
      case UInt8(ascii: "\n"):
        if !row.isEmpty { rows.append(row) }
        row = []
      default:
        throw ScanFileError(
          file: file,
          problem: .unsupported(
            "is no mask: neither NumPy's, HDF5, BART's nor a text of 0 and 1 (byte \(place + 1))",
            cure: "write it in one of these forms"))
      }
    }
    guard let first = rows.first, rows.allSatisfy({ $0.count == first.count }) else {
      throw ScanFileError(
        file: file,
        problem: .unsupported(
          rows.isEmpty ? "holds no mask" : "has lines of different lengths",
          cure: "give 0 or 1 for each column, a line for each row"))
    }
    // A column of numbers, one a line, is of columns.
    return first.count == 1
      ? ([rows.count], rows.joined().map { $0 })
      : ([rows.count, first.count], rows.joined().map { $0 })
  }
}
