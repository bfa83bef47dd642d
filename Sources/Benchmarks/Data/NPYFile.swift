import Arrays
import Foundation
import Numerics

/// NumPy's array files, by which peers get what we compute on and give back what they found.
///
/// Single-precision real and complex arrays in C order, version 1.0 of the format
/// (numpy.org, "NEP 1 — A simple file format for NumPy arrays").
enum NPYFile {
  private static let magic: [UInt8] = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0]

  static func write(_ array: RealArray, to path: String) throws(BenchmarkError) {
    try write(array.values.withUnsafeBytes { Data($0) }, type: "<f4", shape: array.shape, to: path)
  }

  static func write(_ array: ComplexArray, to path: String) throws(BenchmarkError) {
    try write(array.values.withUnsafeBytes { Data($0) }, type: "<c8", shape: array.shape, to: path)
  }

  private static func write(
    _ values: Data, type: String, shape: [Int], to path: String
  ) throws(BenchmarkError) {
    let sizes = shape.map { "\($0)," }.joined(separator: " ")
    var header = "{'descr': '\(type)', 'fortran_order': False, 'shape': (\(sizes)), }"
    // Header and what lies before it fill whole multiples of 64 bytes.
    while (magic.count + 2 + header.utf8.count + 1) % 64 != 0 { header += " " }
    header += "\n"
    var file = Data(magic)
    withUnsafeBytes(of: UInt16(header.utf8.count).littleEndian) { file.append(contentsOf: $0) }
    file.append(contentsOf: header.utf8)
    file.append(values)
    do {
      try file.write(to: URL(fileURLWithPath: path))
    } catch {
      throw BenchmarkError("\(path): the array cannot be written; check the folder and its room")
    }
  }

  /// Reads a real array; throws `BenchmarkError` for another type or a damaged file.
  static func reals(_ path: String) throws(BenchmarkError) -> RealArray {
    let (shape, body) = try read(path, type: "<f4", size: 4)
    return RealArray(
      shape: shape,
      values: body.withUnsafeBytes { bytes in
        (0..<bytes.count / 4).map { bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self) }
      })
  }

  /// Reads a complex array; throws `BenchmarkError` for another type or a damaged file.
  static func complexes(_ path: String) throws(BenchmarkError) -> ComplexArray {
    let (shape, body) = try read(path, type: "<c8", size: 8)
    return ComplexArray(
      shape: shape,
      values: body.withUnsafeBytes { bytes in
        (0..<bytes.count / 8).map {
          Complex(
            bytes.loadUnaligned(fromByteOffset: 8 * $0, as: Float.self),
            bytes.loadUnaligned(fromByteOffset: 8 * $0 + 4, as: Float.self))
        }
      })
  }

  private static func read(
    _ path: String, type: String, size: Int
  ) throws(BenchmarkError) -> (shape: [Int], body: Data) {
    func damaged(_ what: String) -> BenchmarkError {
      BenchmarkError("\(path): no array of \(type) in C order: \(what)")
    }
    guard let file = FileManager.default.contents(atPath: path) else { throw damaged("unreadable") }
    guard file.count > 10, Array(file.prefix(6)) == Array(magic.prefix(6)) else {
      throw damaged("its first bytes are not NumPy's")
    }
    let bytes = [UInt8](file.prefix(12))
    let isLong = bytes[6] > 1
    let length =
      isLong
      ? Int(bytes[8]) | Int(bytes[9]) << 8 | Int(bytes[10]) << 16 | Int(bytes[11]) << 24
      : Int(bytes[8]) | Int(bytes[9]) << 8
    let start = (isLong ? 12 : 10) + length
    guard file.count >= start else { throw damaged("it ends within its header") }
    let header = String(decoding: file[(isLong ? 12 : 10)..<start], as: UTF8.self)
    guard header.contains("'\(type)'"), header.contains("'fortran_order': False"),
      let open = header.firstIndex(of: "("), let close = header.firstIndex(of: ")")
    else { throw damaged("its header is \(header)") }
    let shape = header[header.index(after: open)..<close].split(separator: ",").compactMap {
      Int($0.trimmingCharacters(in: .whitespaces))
    }
    let body = Data(file[start...])
    guard body.count == size * shape.reduce(1, *) else {
      throw damaged("\(body.count) bytes for the shape \(shape)")
    }
    return (shape, body)
  }
}
