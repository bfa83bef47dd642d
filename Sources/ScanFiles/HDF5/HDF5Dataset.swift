import CHDF5
public import Numerics

/// A dataset of an open file; it keeps its file open.
public final class HDF5Dataset: Sendable {
  /// The file it belongs to.
  public let file: HDF5File
  /// Its path within the file.
  public let name: String
  /// The sizes of its axes, slowest first; empty for a scalar.
  public let shape: [Int]
  /// What its elements are.
  public let elementType: HDF5ElementType
  let id: hid_t

  init(
    file: HDF5File, name: String, opened: () throws(ScanFileError) -> hid_t
  ) throws(ScanFileError) {
    let failure = file.error(.unreadableDataset(name))
    let (id, shape, type) = try HDF5Library.locked {
      () throws(ScanFileError) -> (hid_t, [Int], HDF5ElementType) in
      let id = try opened()
      do throws(ScanFileError) {
        let space = try HDF5Identifier(H5Dget_space(id), orThrow: failure)
        let datatype = try HDF5Identifier(H5Dget_type(id), orThrow: failure)
        let shape = try extent(space.value, orThrow: failure)
        return (id, shape, HDF5ElementType(datatype: datatype.value))
      } catch {
        H5Idec_ref(id)
        throw error
      }
    }
    self.file = file
    self.name = name
    self.id = id
    self.shape = shape
    elementType = type
  }

  deinit {
    if file.isAbandoned { return }
    HDF5Library.locked { _ = H5Idec_ref(id) }
  }

  /// Reads complex values of either precision from the box at `start` of size `count` (default:
  /// all), in row-major order.
  ///
  /// Throws `ScanFileError` if the elements are not complex or cannot be read.
  public func complexValues(
    start: [Int]? = nil, count: [Int]? = nil
  ) throws(ScanFileError) -> [Complex<Float>] {
    guard case .complex(let real, let imaginary) = elementType else {
      throw wrongType(expected: "complex numbers (a compound of r and i)")
    }
    let failure = file.error(.unreadableDataset(name))
    return try read(start, count, filler: Complex<Float>.zero) { () throws(ScanFileError) in
      try complexType(
        real: real, imaginary: imaginary, part: chdf5_native_float(), orThrow: failure)
    }
  }

  /// Reads numbers of any integer, floating-point or enumeration type as `Float`.
  ///
  /// Throws `ScanFileError` if the elements are not real numbers or cannot be read.
  public func floats(start: [Int]? = nil, count: [Int]? = nil) throws(ScanFileError) -> [Float] {
    try real(start, count, Float(0), chdf5_native_float)
  }

  /// Reads numbers of any integer, floating-point or enumeration type as `Double`.
  ///
  /// Throws `ScanFileError` if the elements are not real numbers or cannot be read.
  public func doubles(start: [Int]? = nil, count: [Int]? = nil) throws(ScanFileError) -> [Double] {
    try real(start, count, Double(0), chdf5_native_double)
  }

  /// Reads numbers of any integer or enumeration type; real numbers are cut towards zero.
  ///
  /// Throws `ScanFileError` if the elements are not real numbers or cannot be read.
  public func integers(start: [Int]? = nil, count: [Int]? = nil) throws(ScanFileError) -> [Int] {
    try real(start, count, Int(0), chdf5_native_int64)
  }

  /// Reads text of fixed or variable length, one string per element.
  ///
  /// Throws `ScanFileError` if the elements are not text or cannot be read.
  public func strings() throws(ScanFileError) -> [String] {
    guard elementType == .string else { throw wrongType(expected: "text") }
    let failure = file.error(.unreadableDataset(name))
    return try HDF5Library.locked { () throws(ScanFileError) -> [String] in
      let datatype = try HDF5Identifier(H5Dget_type(id), orThrow: failure)
      let space = try HDF5Identifier(H5Dget_space(id), orThrow: failure)
      try file.checkPlausible(
        "dataset '\(name)'", shape, stride: max(1, H5Tget_size(datatype.value)))
      return try readStrings(datatype.value, space.value, orThrow: failure) {
        H5Dread(id, $0, 0, 0, 0, $1)
      }
    }
  }

  private func real<Value: Sendable>(
    _ start: [Int]?, _ count: [Int]?, _ filler: Value, _ native: () -> hid_t
  ) throws(ScanFileError) -> [Value] {
    guard elementType.isReal else { throw wrongType(expected: "real numbers") }
    let failure = file.error(.unreadableDataset(name))
    return try read(start, count, filler: filler) { () throws(ScanFileError) in
      try HDF5Identifier(H5Tcopy(native()), orThrow: failure)
    }
  }

  private func read<Value: Sendable>(
    _ start: [Int]?, _ count: [Int]?, filler: Value,
    memoryType: () throws(ScanFileError) -> HDF5Identifier
  ) throws(ScanFileError) -> [Value] {
    let count = count ?? shape
    let failure = file.error(.unreadableDataset(name))
    try file.checkPlausible("dataset '\(name)'", count, stride: MemoryLayout<Value>.stride)
    var values = [Value](repeating: filler, count: count.reduce(1, *))
    if values.isEmpty { return values }
    if file.isAbandoned { throw failure }
    try HDF5Library.locked { () throws(ScanFileError) in
      let type = try memoryType()
      let box = try selection(start, count, orThrow: failure)
      let status = values.withUnsafeMutableBytes {
        H5Dread(id, type.value, box.memory.value, box.file.value, 0, $0.baseAddress)
      }
      guard status >= 0 else { throw readFailure() }
    }
    return values
  }

  private func wrongType(expected: String) -> ScanFileError {
    file.error(.wrongType(dataset: name, found: elementType.name, expected: expected))
  }

  /// Why a read failed: a filter that is not installed, or damage; library locked.
  private func readFailure() -> ScanFileError {
    let list = H5Dget_create_plist(id)
    defer { H5Idec_ref(list) }
    for index in 0..<UInt32(max(0, H5Pget_nfilters(list))) {
      var flags: UInt32 = 0
      var parameterCount = 0
      var parameterFlags: UInt32 = 0
      var filterName = [CChar](repeating: 0, count: 64)
      let filter = H5Pget_filter2(
        list, index, &flags, &parameterCount, nil, 63, &filterName, &parameterFlags)
      if filter >= 0, H5Zfilter_avail(filter) <= 0 {
        let text = String(
          decoding: filterName.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        return file.error(
          .missingFilter(dataset: name, filter: text.isEmpty ? "number \(filter)" : text))
      }
    }
    return file.error(.unreadableDataset(name))
  }

  /// The memory and file dataspaces of the box at `start` (default: the origin); library locked.
  func selection(
    _ start: [Int]?, _ count: [Int], orThrow error: @autoclosure () -> ScanFileError
  ) throws(ScanFileError) -> HDF5Selection {
    let start = start ?? Array(repeating: 0, count: shape.count)
    guard start.count == shape.count, count.count == shape.count,
      zip(zip(start, count), shape).allSatisfy({ $0.0 >= 0 && $0.1 <= $1 - $0.0 })
    else { throw error() }
    let space = try HDF5Identifier(H5Dget_space(id), orThrow: error())
    if shape.isEmpty {
      let memory = try HDF5Identifier(H5Screate(H5S_SCALAR), orThrow: error())
      return HDF5Selection(memory: memory, file: space)
    }
    let sizes = count.map(hsize_t.init)
    guard
      H5Sselect_hyperslab(space.value, H5S_SELECT_SET, start.map(hsize_t.init), nil, sizes, nil)
        >= 0
    else { throw error() }
    let memory = try HDF5Identifier(
      H5Screate_simple(Int32(sizes.count), sizes, nil), orThrow: error())
    return HDF5Selection(memory: memory, file: space)
  }
}

/// Where a transfer takes its values from and where they go.
struct HDF5Selection: ~Copyable {
  let memory: HDF5Identifier
  let file: HDF5Identifier
}

/// The sizes of a dataspace; library locked.
func extent(
  _ space: hid_t, orThrow error: @autoclosure () -> ScanFileError
) throws(ScanFileError) -> [Int] {
  let rank = H5Sget_simple_extent_ndims(space)
  guard rank >= 0 else { throw error() }
  var sizes = [hsize_t](repeating: 0, count: Int(rank))
  guard rank == 0 || H5Sget_simple_extent_dims(space, &sizes, nil) >= 0 else { throw error() }
  return sizes.map(Int.init(clamping:))
}

/// Reads all strings of a dataset or attribute by `transfer(memoryType, buffer)`; library locked.
func readStrings(
  _ datatype: hid_t, _ space: hid_t, orThrow error: @autoclosure () -> ScanFileError,
  transfer: (hid_t, UnsafeMutableRawPointer) -> herr_t
) throws(ScanFileError) -> [String] {
  let count = try extent(space, orThrow: error()).reduce(1, *)
  if count == 0 || H5Sget_simple_extent_type(space) == H5S_NULL { return [] }
  let memory = try HDF5Identifier(H5Tcopy(chdf5_c_string()), orThrow: error())
  _ = H5Tset_cset(memory.value, H5Tget_cset(datatype))
  if H5Tis_variable_str(datatype) > 0 {
    _ = H5Tset_size(memory.value, chdf5_variable_length())
    var pointers = [UnsafeMutablePointer<CChar>?](repeating: nil, count: count)
    guard transfer(memory.value, &pointers) >= 0 else { throw error() }
    defer { H5Dvlen_reclaim(memory.value, space, 0, &pointers) }
    return pointers.map { $0.map { String(cString: $0) } ?? "" }
  }
  let size = H5Tget_size(datatype)
  _ = H5Tset_size(memory.value, size)
  _ = H5Tset_strpad(memory.value, H5Tget_strpad(datatype))
  var bytes = [UInt8](repeating: 0, count: count * size)
  guard transfer(memory.value, &bytes) >= 0 else { throw error() }
  return (0..<count).map { index in
    let text = bytes[index * size..<(index + 1) * size].prefix { $0 != 0 }
    return String(decoding: text, as: UTF8.self)
  }
}
