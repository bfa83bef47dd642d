import CHDF5

/// A member of a compound element, by the names on the way to it, such as `head`, `idx`, `slice`.
struct HDF5Member: Equatable {
  /// How it is read, whatever number the file stores.
  enum Kind: Equatable {
    case unsigned
    case reals(Int)

    var bytes: Int {
      switch self {
      case .unsigned: 8
      case .reals(let count): 4 * count
      }
    }
  }
  let path: [String]
  let kind: Kind

  static func unsigned(_ path: String...) -> HDF5Member { .init(path: path, kind: .unsigned) }
  static func reals(_ count: Int, _ path: String...) -> HDF5Member {
    .init(path: path, kind: .reals(count))
  }
}

/// Chosen members of successive compound elements.
struct HDF5Records {
  let count: Int
  private let bytes: [UInt8]
  private let stride: Int
  private let offsets: [Int]

  fileprivate init(count: Int, bytes: [UInt8], members: [HDF5Member]) {
    self.count = count
    self.bytes = bytes
    var offsets: [Int] = []
    var end = 0
    for member in members {
      offsets.append(end)
      end += member.kind.bytes
    }
    self.offsets = offsets
    stride = end
  }

  /// The unsigned member number `member` of an element.
  func unsigned(_ element: Int, _ member: Int) -> UInt64 {
    bytes.withUnsafeBytes {
      $0.loadUnaligned(fromByteOffset: element * stride + offsets[member], as: UInt64.self)
    }
  }

  /// Part `index` of the real member number `member` of an element.
  func real(_ element: Int, _ member: Int, _ index: Int = 0) -> Float {
    bytes.withUnsafeBytes {
      $0.loadUnaligned(
        fromByteOffset: element * stride + offsets[member] + 4 * index, as: Float.self)
    }
  }
}

extension HDF5Dataset {
  /// Reads `members` of the compound elements from `start` on; the members of one group must stand
  /// together.
  ///
  /// Throws `ScanFileError` if one of them is missing or of another kind, or cannot be read.
  func records(
    _ members: [HDF5Member], start: Int, count: Int
  ) throws(ScanFileError) -> HDF5Records {
    let failure = file.error(.unreadableDataset(name))
    let size = members.reduce(0) { $0 + $1.kind.bytes }
    try file.checkPlausible("dataset '\(name)'", [count], stride: size)
    var bytes = [UInt8](repeating: 0, count: count * size)
    try HDF5Library.locked { () throws(ScanFileError) in
      let stored = try HDF5Identifier(H5Dget_type(id), orThrow: failure)
      for member in members where !holds(stored.value, member.path[...]) {
        throw file.error(
          .wrongType(
            dataset: name, found: "records without '\(member.path.joined(separator: "."))'",
            expected: "ISMRMRD acquisitions"))
      }
      let type = try recordType(members[...], depth: 0, orThrow: failure)
      let box = try selection([start], [count], orThrow: failure)
      let status = bytes.withUnsafeMutableBytes {
        H5Dread(id, type.value, box.memory.value, box.file.value, 0, $0.baseAddress)
      }
      guard status >= 0 else { throw failure }
    }
    return HDF5Records(count: count, bytes: bytes, members: members)
  }

  /// Reads the member `member`, a list of numbers, of the compound elements at `indices`, each of
  /// which must have the number of values that `lengths` gives.
  ///
  /// Throws `ScanFileError` if they cannot be read or have another length.
  func floatLists(
    _ member: String, at indices: [Int], lengths: [Int]
  ) throws(ScanFileError) -> [[Float]] {
    let failure = file.error(.unreadableDataset(name))
    guard indices.allSatisfy({ $0 >= 0 && $0 < (shape.first ?? 0) }), shape.count == 1,
      !indices.isEmpty
    else { throw failure }
    var lists = [hvl_t](repeating: hvl_t(len: 0, p: nil), count: indices.count)
    return try HDF5Library.locked { () throws(ScanFileError) -> [[Float]] in
      let list = try HDF5Identifier(H5Tvlen_create(chdf5_native_float()), orThrow: failure)
      let type = try HDF5Identifier(
        H5Tcreate(H5T_COMPOUND, MemoryLayout<hvl_t>.size), orThrow: failure)
      guard H5Tinsert(type.value, member, 0, list.value) >= 0 else { throw failure }
      let space = try HDF5Identifier(H5Dget_space(id), orThrow: failure)
      let places = indices.map(hsize_t.init)
      let memory = try HDF5Identifier(
        H5Screate_simple(1, [hsize_t(indices.count)], nil), orThrow: failure)
      guard H5Sselect_elements(space.value, H5S_SELECT_SET, indices.count, places) >= 0,
        H5Dread(id, type.value, memory.value, space.value, 0, &lists) >= 0
      else { throw failure }
      defer { H5Dvlen_reclaim(type.value, memory.value, 0, &lists) }
      var values: [[Float]] = []
      for (index, item) in lists.enumerated() {
        guard item.len == lengths[index], let start = item.p else {
          throw file.error(
            .rawData(
              "acquisition \(indices[index]) holds \(item.len) values but its header states "
                + "\(lengths[index])", cure: "convert the raw data again"))
        }
        values.append(
          Array(
            UnsafeBufferPointer(
              start: start.assumingMemoryBound(to: Float.self), count: item.len)))
      }
      return values
    }
  }
}

/// Whether a compound type has a member at the end of `path`; library locked.
private func holds(_ type: hid_t, _ path: ArraySlice<String>) -> Bool {
  guard let name = path.first else { return true }
  guard H5Tget_class(type) == H5T_COMPOUND else { return false }
  let index = H5Tget_member_index(type, name)
  guard index >= 0 else { return false }
  let member = H5Tget_member_type(type, UInt32(index))
  guard member >= 0 else { return false }
  defer { H5Idec_ref(member) }
  return holds(member, path.dropFirst())
}

/// The compound of `members` in memory, packed in their order; library locked.
private func recordType(
  _ members: ArraySlice<HDF5Member>, depth: Int, orThrow failure: ScanFileError
) throws(ScanFileError) -> HDF5Identifier {
  let size = members.reduce(0) { $0 + $1.kind.bytes }
  let type = try HDF5Identifier(H5Tcreate(H5T_COMPOUND, size), orThrow: failure)
  var rest = members
  var offset = 0
  while let first = rest.first {
    let name = first.path[depth]
    let group = rest.prefix { $0.path[depth] == name }
    let part: HDF5Identifier
    if first.path.count > depth + 1 {
      part = try recordType(group, depth: depth + 1, orThrow: failure)
    } else {
      switch first.kind {
      case .unsigned: part = try HDF5Identifier(H5Tcopy(chdf5_native_uint64()), orThrow: failure)
      case .reals(1): part = try HDF5Identifier(H5Tcopy(chdf5_native_float()), orThrow: failure)
      case .reals(let count):
        part = try HDF5Identifier(
          H5Tarray_create2(chdf5_native_float(), 1, [hsize_t(count)]), orThrow: failure)
      }
    }
    guard H5Tinsert(type.value, name, offset, part.value) >= 0 else { throw failure }
    offset += group.reduce(0) { $0 + $1.kind.bytes }
    rest = rest.dropFirst(group.count)
  }
  return type
}
