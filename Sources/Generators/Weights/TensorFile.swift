import Foundation

/// A safetensors file: named tensors behind a JSON header, and text metadata.
///
/// Format: https://github.com/huggingface/safetensors (README, "Format"): 8 bytes length of the
/// header, little-endian; the header; the tensors' bytes. Single and half precision and bfloat16 are
/// read, the first two are written.
package struct TensorFile {
  /// A named tensor; values in row-major order.
  package struct Tensor {
    package let shape: [Int]
    package var values: [Float]

    package init(shape: [Int], values: [Float]) {
      self.shape = shape
      self.values = values
    }
  }

  package enum Precision: String, Codable, Sendable {
    case half = "F16"
    case single = "F32"
  }

  /// The types that are read.
  private enum StoredType: String {
    case half = "F16"
    case single = "F32"
    case brain = "BF16"

    var size: Int { self == .single ? 4 : 2 }

    /// `count` values; `raw` holds as many.
    func values(_ raw: UnsafeRawBufferPointer, count: Int) -> [Float] {
      func bits16(_ index: Int) -> UInt16 {
        UInt16(littleEndian: raw.loadUnaligned(fromByteOffset: 2 * index, as: UInt16.self))
      }
      return (0..<count).map { index in
        switch self {
        case .single:
          Float(
            bitPattern: UInt32(
              littleEndian: raw.loadUnaligned(fromByteOffset: 4 * index, as: UInt32.self)))
        case .half: Float(Float16(bitPattern: bits16(index)))
        case .brain: Float(bitPattern: UInt32(bits16(index)) << 16)
        }
      }
    }
  }

  package var tensors: [String: Tensor]
  package var metadata: [String: String]

  private struct Entry: Codable {
    let dtype: String
    let shape: [Int]
    let data_offsets: [Int]
  }

  private enum HeaderValue: Codable {
    case metadata([String: String])
    case tensor(Entry)

    init(from decoder: any Decoder) throws {
      if let entry = try? Entry(from: decoder) {
        self = .tensor(entry)
      } else {
        self = .metadata(try [String: String](from: decoder))
      }
    }

    func encode(to encoder: any Encoder) throws {
      switch self {
      case .metadata(let text): try text.encode(to: encoder)
      case .tensor(let entry): try entry.encode(to: encoder)
      }
    }
  }

  package init(tensors: [String: Tensor], metadata: [String: String]) {
    self.tensors = tensors
    self.metadata = metadata
  }

  /// Reads a file; throws `WeightsError` naming the file and what is wrong with it.
  package init(contentsOf path: String) throws {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw WeightsError(file: path, problem: "the file cannot be read", cure: "check the path")
    }
    func damaged(_ what: String) -> WeightsError {
      WeightsError(
        file: path, problem: "it is no whole safetensors file: \(what)",
        cure: "fetch or train the weights again")
    }
    guard data.count >= 8 else { throw damaged("only \(data.count) bytes") }
    let length = data.prefix(8).enumerated().reduce(UInt64(0)) { sum, byte in
      sum | UInt64(byte.element) << (8 * UInt64(byte.offset))
    }
    guard length <= UInt64(data.count - 8), length > 1 else {
      throw damaged("a header of \(length) bytes in a file of \(data.count)")
    }
    let start = 8 + Int(length)
    guard
      let header = try? JSONDecoder().decode(
        [String: HeaderValue].self, from: data.subdata(in: 8..<start))
    else { throw damaged("its header is no JSON of tensors") }
    tensors = [:]
    metadata = [:]
    for (name, value) in header {
      switch value {
      case .metadata(let text): metadata = text
      case .tensor(let entry):
        guard let type = StoredType(rawValue: entry.dtype) else {
          throw WeightsError(
            file: path, problem: "tensor \(name) has type \(entry.dtype)",
            cure: "store weights as F32, F16 or BF16 and leave out what is no weight")
        }
        guard
          entry.data_offsets.count == 2,
          let count = Self.elementCount(entry.shape, limit: data.count)
        else { throw damaged("tensor \(name) has type \(entry.dtype) and shape \(entry.shape)") }
        let (low, high) = (entry.data_offsets[0], entry.data_offsets[1])
        guard low >= 0, low <= high, high <= data.count - start, high - low == count * type.size
        else {
          throw damaged("tensor \(name) reaches beyond its end")
        }
        let bytes = data.subdata(in: start + low..<start + high)
        tensors[name] = Tensor(
          shape: entry.shape, values: bytes.withUnsafeBytes { type.values($0, count: count) })
      }
    }
  }

  /// The product of the sizes; nil if one is negative or the product exceeds `limit`.
  private static func elementCount(_ shape: [Int], limit: Int) -> Int? {
    var count = 1
    for size in shape {
      guard size >= 0, size <= limit else { return nil }
      let (product, overflow) = count.multipliedReportingOverflow(by: size)
      if overflow || product > limit { return nil }
      count = product
    }
    return count
  }

  /// Writes the tensors in the order of `names`, to a temporary file that is then renamed.
  package func write(to path: String, names: [String], precision: Precision) throws {
    var header: [String: HeaderValue] = ["__metadata__": .metadata(metadata)]
    var body = Data()
    for name in names {
      guard let tensor = tensors[name] else { continue }
      let first = body.count
      for value in tensor.values {
        switch precision {
        case .single:
          withUnsafeBytes(of: value.bitPattern.littleEndian) { body.append(contentsOf: $0) }
        case .half:
          withUnsafeBytes(of: Float16(value).bitPattern.littleEndian) {
            body.append(contentsOf: $0)
          }
        }
      }
      header[name] = .tensor(
        Entry(dtype: precision.rawValue, shape: tensor.shape, data_offsets: [first, body.count]))
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    var json = try encoder.encode(header)
    while json.count % 8 != 0 { json.append(UInt8(ascii: " ")) }
    var file = Data()
    withUnsafeBytes(of: UInt64(json.count).littleEndian) { file.append(contentsOf: $0) }
    file.append(json)
    file.append(body)
    do {
      try file.write(to: URL(fileURLWithPath: path), options: .atomic)
    } catch {
      throw WeightsError(
        file: path, problem: "the file cannot be written",
        cure: "check that the folder exists, is writable and has room")
    }
  }
}
