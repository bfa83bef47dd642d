import Foundation

/// The real numbers of one of NumPy's `.npy` files, versions 1 to 3.
///
/// Source: numpy.org, "NEP 1 — A simple file format for NumPy arrays". Booleans, whole numbers and
/// floating-point numbers of either byte order; the values are in C order, whatever the file's.
struct NumPyArray {
  let shape: [Int]
  let values: [Double]

  static func isOne(_ bytes: Data) -> Bool {
    bytes.starts(with: [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59])
  }

  /// Throws `ScanFileError` for another kind of element, a damaged file, or more than `mostValues`.
  init(_ file: Data, file path: String, mostValues: Int) throws(ScanFileError) {
    func fail(_ what: String) -> ScanFileError {
      ScanFileError(
        file: path,
        problem: .unsupported(
          what, cure: "save the array anew by numpy.save, as bool, int or float"))
    }
    let bytes = [UInt8](file)
    let isLong = bytes.count > 6 && bytes[6] > 1
    let lengthBytes = isLong ? 4 : 2
    guard bytes.count >= 8 + lengthBytes else { throw fail("ends within the header of NumPy") }
    let length = (0..<lengthBytes).reduce(0) { $0 | Int(bytes[8 + $1]) << (8 * $1) }
    let start = 8 + lengthBytes + length
    guard bytes.count >= start else { throw fail("ends within the header of NumPy") }
    let header = String(decoding: bytes[(8 + lengthBytes)..<start], as: UTF8.self)
    guard let type = Self.value(of: "descr", in: header)?.split(separator: "'").first,
      let order = Self.value(of: "fortran_order", in: header),
      let sizes = Self.value(of: "shape", in: header), sizes.hasPrefix("("),
      let end = sizes.firstIndex(of: ")")
    else { throw fail("has a header of NumPy without type, order and shape") }
    let words = sizes[sizes.index(after: sizes.startIndex)..<end].split(separator: ",")
    let shape = words.compactMap { Int($0.trimmingCharacters(in: .whitespaces)) }
    guard let element = Element(type) else { throw fail("is an array of elements \(type)") }
    var count = 1
    for size in shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: size)
      guard size >= 0, !overflow else { throw fail("states the shape \(shape)") }
      count = product
    }
    guard words.count == shape.count,
      count.multipliedReportingOverflow(by: element.bytes).partialValue == bytes.count - start,
      !count.multipliedReportingOverflow(by: element.bytes).overflow
    else { throw fail("holds \(bytes.count - start) bytes of values for the shape \(shape)") }
    guard count <= mostValues else { throw fail("holds \(count) values, too many for a mask,") }
    let stored = (0..<count).map { element.value(bytes, at: start + $0 * element.bytes) }
    self.shape = shape
    values =
      order.hasPrefix("True") && shape.count > 1 ? Self.turned(stored, shape) : stored
  }

  /// What follows a key of the header's Python dictionary.
  private static func value(of key: String, in header: String) -> Substring? {
    guard let name = header.range(of: "'\(key)':") else { return nil }
    return header[name.upperBound...].drop { $0 == " " }
  }

  /// Values whose first axis runs fastest, as values whose last one does.
  private static func turned(_ stored: [Double], _ shape: [Int]) -> [Double] {
    (0..<stored.count).map { place in
      var (rest, index, stride) = (place, 0, stored.count)
      for size in shape.reversed() {
        stride /= size
        index += (rest % size) * stride
        rest /= size
      }
      return stored[index]
    }
  }

  /// The kind of a value: NumPy's letter, the bytes, and whether the most significant comes first.
  private struct Element {
    let kind: Character
    let bytes: Int
    let isBigEndian: Bool

    init?(_ type: Substring) {
      let marks: Set<Character> = ["<", ">", "|", "="]
      let letters = type.first.map(marks.contains) == true ? type.dropFirst() : type
      guard let kind = letters.first, let bytes = Int(letters.dropFirst()) else { return nil }
      let sizes: [Character: [Int]] = [
        "b": [1], "i": [1, 2, 4, 8], "u": [1, 2, 4, 8], "f": [4, 8],
      ]
      guard sizes[kind]?.contains(bytes) == true else { return nil }
      (self.kind, self.bytes, isBigEndian) = (kind, bytes, type.first == ">")
    }

    func value(_ file: [UInt8], at place: Int) -> Double {
      var bits: UInt64 = 0
      for offset in 0..<bytes {
        let byte = file[place + (isBigEndian ? offset : bytes - 1 - offset)]
        bits = bits << 8 | UInt64(byte)
      }
      switch (kind, bytes) {
      case ("f", 4): return Double(Float(bitPattern: UInt32(truncatingIfNeeded: bits)))
      case ("f", _): return Double(bitPattern: bits)
      case ("i", _):
        // The sign is that of the highest bit.
        let shift = 64 - 8 * bytes
        return Double(Int64(bitPattern: bits << shift) >> shift)
      default: return Double(bits)
      }
    }
  }
}
