import Foundation

extension NIfTIHeader {
  /// The fields of a header as they stand in it, of either version and byte order.
  ///
  /// Sources: `nifti1.h` (R. W. Cox, 2003–2007) and `nifti2.h` (NIfTI Data Format Working Group, 2011); offsets
  /// in bytes as there.
  struct Fields {
    let length: Int
    let isSwapped: Bool
    let axes: Int
    /// Seven, 1 where there is no such axis.
    let sizes: [Int]
    let elementType: Int
    let offset: Double
    let slope: Double
    let intercept: Double

    init(_ bytes: [UInt8]) throws(NIfTIReason) {
      guard bytes.count >= NIfTIHeader.length else {
        throw NIfTIReason("is no NIfTI file: it ends within the header; export it again")
      }
      let stated: Int32 = Self.field(bytes, 0, isSwapped: false)
      let lengths = [NIfTIHeader.length, NIfTIHeader.longLength]
      if let length = lengths.first(where: { $0 == Int(stated) }) {
        (self.length, isSwapped) = (length, false)
      } else if let length = lengths.first(where: { $0 == Int(stated.byteSwapped) }) {
        (self.length, isSwapped) = (length, true)
      } else {
        throw NIfTIReason("is no NIfTI file; check what it is")
      }
      guard bytes.count >= length else {
        throw NIfTIReason("is no NIfTI file: it ends within the header; export it again")
      }
      let reader = Reader(bytes: bytes, isSwapped: isSwapped)
      if length == NIfTIHeader.length {
        guard bytes[344..<347].elementsEqual("n+1".utf8) else { throw Self.detached }
        let axes = reader.int16(40)
        self.axes = axes
        sizes = (1...7).map { $0 <= axes ? reader.int16(40 + 2 * $0) : 1 }
        elementType = reader.int16(70)
        offset = reader.float(108)
        (slope, intercept) = (reader.float(112), reader.float(116))
      } else {
        guard bytes[4..<7].elementsEqual("n+2".utf8) else { throw Self.detached }
        // A text transfer changes the end of the line that the magic number ends with.
        guard bytes[8..<12].elementsEqual([13, 10, 26, 10]) else {
          throw NIfTIReason("was changed by a transfer as text; copy it again as binary")
        }
        let axes = reader.int64(16)
        self.axes = axes
        sizes = (1...7).map { $0 <= axes ? reader.int64(16 + 8 * $0) : 1 }
        elementType = reader.int16(12)
        offset = Double(reader.int64(168))
        (slope, intercept) = (reader.double(176), reader.double(184))
      }
    }

    private static var detached: NIfTIReason {
      NIfTIReason("has its voxels in another file; save it as one .nii file")
    }

    fileprivate static func field<Value: FixedWidthInteger>(
      _ bytes: [UInt8], _ offset: Int, isSwapped: Bool
    ) -> Value {
      let value = bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: Value.self) }
      return isSwapped ? value.byteSwapped : value
    }
  }

  private struct Reader {
    let bytes: [UInt8]
    let isSwapped: Bool

    private func field<Value: FixedWidthInteger>(_ offset: Int, _: Value.Type) -> Value {
      Fields.field(bytes, offset, isSwapped: isSwapped)
    }

    func int16(_ offset: Int) -> Int { Int(field(offset, Int16.self)) }
    func int64(_ offset: Int) -> Int { Int(field(offset, Int64.self)) }
    func float(_ offset: Int) -> Double {
      Double(Float(bitPattern: field(offset, UInt32.self)))
    }
    func double(_ offset: Int) -> Double { Double(bitPattern: field(offset, UInt64.self)) }
  }
}
