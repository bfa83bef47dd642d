import Foundation

/// What the reader needs of a NIfTI-1 header.
///
/// Source: NIfTI-1 data format, `nifti1.h` (R. W. Cox, 2003–2007); offsets in bytes as there.
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

  static let length = 348
  /// The largest side that is believed.
  private static let longestSide = 16_384

  let columns: Int
  let rows: Int
  let slices: Int
  let elementType: ElementType
  /// Where the voxels begin.
  let offset: Int
  /// A voxel's value is `slope` · stored + `intercept`.
  let slope: Double
  let intercept: Double
  let isSwapped: Bool

  /// Reads the first bytes of a file; throws a sentence on what this reader cannot take.
  init(_ bytes: [UInt8]) throws(NIfTIReason) {
    guard bytes.count >= Self.length else {
      throw NIfTIReason("is no NIfTI-1 file: it ends within the header; export it again")
    }
    func field<Value: FixedWidthInteger>(_ offset: Int, swapped: Bool, _: Value.Type) -> Value {
      let value = bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: Value.self) }
      return swapped ? value.byteSwapped : value
    }
    let stated = field(0, swapped: false, Int32.self)
    let isSwapped = stated.byteSwapped == Int32(Self.length)
    guard stated == Int32(Self.length) || isSwapped else {
      throw NIfTIReason(
        stated == 540 || stated.byteSwapped == 540
          ? "is a NIfTI-2 file; save it as NIfTI-1" : "is no NIfTI-1 file; check what it is")
    }
    guard bytes[344..<347].elementsEqual("n+1".utf8) else {
      throw NIfTIReason("has its voxels in another file; save it as one .nii file")
    }
    func short(_ offset: Int) -> Int { Int(field(offset, swapped: isSwapped, Int16.self)) }
    func float(_ offset: Int) -> Float {
      Float(bitPattern: field(offset, swapped: isSwapped, UInt32.self))
    }
    let axes = short(40)
    let sizes = (1...7).map { $0 <= axes ? short(40 + 2 * $0) : 1 }
    guard (2...7).contains(axes), sizes.allSatisfy({ (1...Self.longestSide).contains($0) }) else {
      throw NIfTIReason("states \(axes) axes of the sizes \(sizes); give a volume of three axes")
    }
    guard sizes[3...].allSatisfy({ $0 == 1 }) else {
      throw NIfTIReason("holds several volumes; give a file for each")
    }
    guard let elementType = ElementType(rawValue: short(70)) else {
      throw NIfTIReason(
        "has voxels of the NIfTI type \(short(70)); save it with real numbers of 8 to 64 bits")
    }
    let offset = float(108)
    guard offset >= Float(Self.length), offset <= 1e9 else {
      throw NIfTIReason("states no place for its voxels; save it again")
    }
    let (slope, intercept) = (float(112), float(116))
    // Nothing is scaled where the slope is 0, or NaN as some programs write it.
    let isScaled = slope != 0 && slope.isFinite
    if isScaled, !intercept.isFinite {
      throw NIfTIReason("has a scale that is not finite; save it again")
    }
    (columns, rows, slices) = (sizes[0], sizes[1], sizes[2])
    self.elementType = elementType
    self.offset = Int(offset)
    (self.slope, self.intercept) = isScaled ? (Double(slope), Double(intercept)) : (1, 0)
    self.isSwapped = isSwapped
  }

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
