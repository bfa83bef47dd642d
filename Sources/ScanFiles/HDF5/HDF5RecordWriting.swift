import CHDF5

/// A member of compound elements that are written, packed in the order of their list.
struct HDF5Field: Sendable {
  indirect enum Kind: Sendable {
    case uint16, uint32, uint64, int32, float
    case array(Kind, Int)
    case group([HDF5Field])
    /// Numbers of a count of their own in every element.
    case floatList

    /// The bytes in memory.
    var bytes: Int {
      switch self {
      case .uint16: 2
      case .uint32, .int32, .float: 4
      case .uint64: 8
      case .array(let kind, let count): count * kind.bytes
      case .group(let fields): fields.reduce(0) { $0 + $1.kind.bytes }
      case .floatList: MemoryLayout<hvl_t>.size
      }
    }
  }

  let name: String
  let kind: Kind

  init(_ name: String, _ kind: Kind) {
    self.name = name
    self.kind = kind
  }
}

/// Successive compound elements, put together member by member.
struct HDF5RecordBytes {
  fileprivate private(set) var bytes: [UInt8] = []
  fileprivate private(set) var values: [Float] = []
  /// Where the elements' lists belong, and which of `values` they hold.
  fileprivate private(set) var lists: [(place: Int, values: Range<Int>)] = []

  mutating func append(_ value: some FixedWidthInteger) {
    withUnsafeBytes(of: value.littleEndian) { bytes += $0 }
  }

  mutating func append(_ value: Float) { append(value.bitPattern) }

  mutating func append(_ vector: SIMD3<Double>) {
    for axis in 0..<3 { append(Float(vector[axis])) }
  }

  mutating func append(zeroBytes count: Int) { bytes += repeatElement(0, count: count) }

  /// Adds a list of the numbers that `body` adds to those of earlier lists.
  mutating func appendList(_ body: (inout [Float]) -> Void) {
    let start = values.count
    body(&values)
    lists.append((bytes.count, start..<values.count))
    append(zeroBytes: MemoryLayout<hvl_t>.size)
  }
}

extension HDF5File {
  /// Creates a dataset `(count)` of compound elements, to which other programs may append.
  ///
  /// Groups that the name needs are made. Throws `ScanFileError` if HDF5 refuses.
  func createRecords(
    _ name: String, count: Int, fields: [HDF5Field]
  ) throws(ScanFileError) -> HDF5Dataset {
    let failure = error(
      .writeFailed(object: "dataset '\(name)'", reason: "HDF5 could not create it"))
    return try HDF5Dataset(file: self, name: name) { () throws(ScanFileError) in
      let type = try recordType(fields, orThrow: failure)
      let space = try HDF5Identifier(
        H5Screate_simple(1, [hsize_t(count)], [hsize_t.max]), orThrow: failure)
      let list = try timelessDataset(orThrow: failure)
      let links = try HDF5Identifier(H5Pcreate(chdf5_class_link_creation()), orThrow: failure)
      guard H5Pset_chunk(list.value, 1, [hsize_t(min(count, 64))]) >= 0,
        H5Pset_create_intermediate_group(links.value, 1) >= 0
      else { throw failure }
      let dataset = H5Dcreate2(id, name, type.value, space.value, links.value, list.value, 0)
      guard dataset >= 0 else {
        abandon()
        throw failure
      }
      return dataset
    }
  }
}

extension HDF5Dataset {
  /// Writes `count` compound elements from `start` on, whose members are `fields`.
  func write(
    _ records: HDF5RecordBytes, fields: [HDF5Field], start: Int, count: Int
  ) throws(ScanFileError) {
    let failure = file.error(
      .writeFailed(
        object: "dataset '\(name)'", reason: "HDF5 refused \(count) elements at \(start)"))
    let size = HDF5Field.Kind.group(fields).bytes
    guard records.bytes.count == count * size, !file.isAbandoned else { throw failure }
    var bytes = records.bytes
    try HDF5Library.locked { () throws(ScanFileError) in
      let type = try recordType(fields, orThrow: failure)
      let box = try selection([start], [count], orThrow: failure)
      let status = records.values.withUnsafeBufferPointer { values in
        bytes.withUnsafeMutableBytes { raw in
          for list in records.lists where !list.values.isEmpty {
            let first = values.baseAddress?.advanced(by: list.values.lowerBound)
            raw.storeBytes(
              of: hvl_t(len: list.values.count, p: UnsafeMutableRawPointer(mutating: first)),
              toByteOffset: list.place, as: hvl_t.self)
          }
          return H5Dwrite(
            id, type.value, box.memory.value, box.file.value, 0, raw.baseAddress)
        }
      }
      guard status >= 0 else {
        file.abandon()
        throw failure
      }
    }
  }
}

/// The compound of `fields`, the same in memory and in the file; library locked.
private func recordType(
  _ fields: [HDF5Field], orThrow failure: ScanFileError
) throws(ScanFileError) -> HDF5Identifier {
  let type = try HDF5Identifier(
    H5Tcreate(H5T_COMPOUND, HDF5Field.Kind.group(fields).bytes), orThrow: failure)
  var offset = 0
  for field in fields {
    let member = try datatype(field.kind, orThrow: failure)
    guard H5Tinsert(type.value, field.name, offset, member.value) >= 0 else { throw failure }
    offset += field.kind.bytes
  }
  return type
}

private func datatype(
  _ kind: HDF5Field.Kind, orThrow failure: ScanFileError
) throws(ScanFileError) -> HDF5Identifier {
  let number: hid_t
  switch kind {
  case .uint16: number = chdf5_file_uint16()
  case .uint32: number = chdf5_file_uint32()
  case .uint64: number = chdf5_file_uint64()
  case .int32: number = chdf5_file_int32()
  case .float: number = chdf5_file_float()
  case .array(let kind, let count):
    let element = try datatype(kind, orThrow: failure)
    return try HDF5Identifier(
      H5Tarray_create2(element.value, 1, [hsize_t(count)]), orThrow: failure)
  case .group(let fields): return try recordType(fields, orThrow: failure)
  case .floatList:
    return try HDF5Identifier(H5Tvlen_create(chdf5_file_float()), orThrow: failure)
  }
  return try HDF5Identifier(H5Tcopy(number), orThrow: failure)
}
