import Foundation

/// What the reader needs of a header of NIfTI-1 or NIfTI-2.
struct NIfTIHeader {
  /// How the file stores a voxel.
  enum ElementType: Int {
    case uint8 = 2
    case int16 = 4
    case int32 = 8
    case float32 = 16
    case float64 = 64
    case int8 = 256
    case uint16 = 512
    case uint32 = 768

    var bytes: Int {
      switch self {
      case .uint8, .int8: 1
      case .int16, .uint16: 2
      case .int32, .uint32, .float32: 4
      case .float64: 8
      }
    }
  }

  /// The header's bytes in NIfTI-1.
  static let length = 348
  /// Those in NIfTI-2, the longer one.
  static let longLength = 540
  /// The largest side that is believed.
  private static let longestSide = 16_384

  let columns: Int
  let rows: Int
  /// Slices of each volume.
  let slices: Int
  /// Volumes along the fourth axis.
  let volumes: Int
  let elementType: ElementType
  /// Where the voxels begin.
  let offset: Int
  /// A voxel's value is `slope` · stored + `intercept`.
  let slope: Double
  let intercept: Double
  let isSwapped: Bool

  /// Reads the first bytes of a file, as many as there are of `longLength`; throws a sentence on what this
  /// reader cannot take.
  init(_ bytes: [UInt8]) throws(NIfTIReason) {
    let fields = try Fields(bytes)
    let (axes, sizes) = (fields.axes, fields.sizes)
    guard (2...7).contains(axes), sizes.allSatisfy({ (1...Self.longestSide).contains($0) }) else {
      throw NIfTIReason("states \(axes) axes of the sizes \(sizes); give a volume of three axes")
    }
    guard sizes[4...].allSatisfy({ $0 == 1 }) else {
      throw NIfTIReason(
        "has \(axes) axes of the sizes \(sizes.prefix(axes).map(String.init).joined(separator: " × ")); "
          + "give a file of three axes, or of four with a volume at each place of the fourth")
    }
    guard let elementType = ElementType(rawValue: fields.elementType) else {
      throw NIfTIReason(
        "has voxels of the NIfTI type \(fields.elementType); save it with real numbers of 8 to 64 bits"
      )
    }
    guard fields.offset >= Double(fields.length), fields.offset <= 1e9 else {
      throw NIfTIReason("states no place for its voxels; save it again")
    }
    // Nothing is scaled where the slope is 0, or NaN as some programs write it.
    let isScaled = fields.slope != 0 && fields.slope.isFinite
    if isScaled, !fields.intercept.isFinite {
      throw NIfTIReason("has a scale that is not finite; save it again")
    }
    (columns, rows, slices, volumes) = (sizes[0], sizes[1], sizes[2], sizes[3])
    self.elementType = elementType
    offset = Int(fields.offset)
    (slope, intercept) = isScaled ? (fields.slope, fields.intercept) : (1, 0)
    isSwapped = fields.isSwapped
  }

  /// The bytes of all voxels.
  var dataBytes: Int { columns * rows * slices * volumes * elementType.bytes }

  /// The voxels in `bytes`, scaled.
  func values(_ bytes: [UInt8]) -> [Float] {
    let size = elementType.bytes
    return bytes.withUnsafeBytes { raw in
      func integers<Value: FixedWidthInteger>(_: Value.Type) -> [Float] {
        (0..<raw.count / size).map { index in
          let stored = raw.loadUnaligned(fromByteOffset: index * size, as: Value.self)
          return scaled(Double(isSwapped ? stored.byteSwapped : stored))
        }
      }
      func reals<Bits: FixedWidthInteger>(_ value: (Bits) -> Double) -> [Float] {
        (0..<raw.count / size).map { index in
          let bits = raw.loadUnaligned(fromByteOffset: index * size, as: Bits.self)
          return scaled(value(isSwapped ? bits.byteSwapped : bits))
        }
      }
      switch elementType {
      case .uint8: return integers(UInt8.self)
      case .int8: return integers(Int8.self)
      case .int16: return integers(Int16.self)
      case .uint16: return integers(UInt16.self)
      case .int32: return integers(Int32.self)
      case .uint32: return integers(UInt32.self)
      case .float32: return reals { (bits: UInt32) in Double(Float(bitPattern: bits)) }
      case .float64: return reals { (bits: UInt64) in Double(bitPattern: bits) }
      }
    }
  }

  private func scaled(_ value: Double) -> Float { Float(slope * value + intercept) }
}

/// What is wrong with a NIfTI file and what to do, without the file's name.
struct NIfTIReason: Error {
  let text: String

  init(_ text: String) { self.text = text }
}
