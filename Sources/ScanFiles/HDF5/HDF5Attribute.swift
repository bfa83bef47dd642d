import CHDF5

/// A small named value at the root of a file or beside a dataset.
public enum HDF5Attribute: Equatable, Sendable {
  case string(String)
  case number(Double)
  case numbers([Double])

  /// The text, if it is text.
  public var string: String? {
    if case .string(let text) = self { text } else { nil }
  }

  /// The number, if it is a single one.
  public var number: Double? {
    switch self {
    case .number(let value): value
    case .numbers(let values): values.count == 1 ? values[0] : nil
    case .string: nil
    }
  }
}

extension HDF5File {
  /// The root attribute `name`, or nil if it is missing or of a type that is not understood.
  public func attribute(_ name: String) -> HDF5Attribute? {
    let failure = error(.unreadableDataset(name))
    return HDF5Library.locked { () -> HDF5Attribute? in
      guard H5Aexists_by_name(id, ".", name, 0) > 0,
        let attribute = try? HDF5Identifier(
          H5Aopen_by_name(id, ".", name, 0, 0), orThrow: failure),
        let type = try? HDF5Identifier(H5Aget_type(attribute.value), orThrow: failure),
        let space = try? HDF5Identifier(H5Aget_space(attribute.value), orThrow: failure),
        let shape = try? extent(space.value, orThrow: failure)
      else { return nil }
      let size = max(8, H5Tget_size(type.value))
      guard (try? checkPlausible(name, shape, stride: size)) != nil else { return nil }
      let element = HDF5ElementType(datatype: type.value)
      if element == .string {
        let texts = try? readStrings(type.value, space.value, orThrow: failure) {
          H5Aread(attribute.value, $0, $1)
        }
        return texts?.first.map { .string($0) }
      }
      guard element.isReal else { return nil }
      var values = [Double](repeating: 0, count: shape.reduce(1, *))
      guard !values.isEmpty, H5Aread(attribute.value, chdf5_native_double(), &values) >= 0
      else { return nil }
      return shape.isEmpty ? .number(values[0]) : .numbers(values)
    }
  }

  /// Writes the root attribute `name`; `.number` as f8, text as UTF-8 of variable length.
  public func setAttribute(_ name: String, _ value: HDF5Attribute) throws(ScanFileError) {
    try setAttribute(name, value, of: id)
  }

  /// Writes an attribute of `object`, the file itself or something in it.
  fileprivate func setAttribute(
    _ name: String, _ value: HDF5Attribute, of object: hid_t
  ) throws(ScanFileError) {
    let failure = error(
      .writeFailed(object: "attribute '\(name)'", reason: "HDF5 refused it"))
    guard !isAbandoned else { throw failure }
    try HDF5Library.locked { () throws(ScanFileError) in
      let sizes: [hsize_t]
      var numbers: [Double] = []
      var text: String?
      switch value {
      case .string(let string): (sizes, text) = ([], string)
      case .number(let number): (sizes, numbers) = ([], [number])
      case .numbers(let list): (sizes, numbers) = ([hsize_t(list.count)], list)
      }
      let space = try HDF5Identifier(
        sizes.isEmpty ? H5Screate(H5S_SCALAR) : H5Screate_simple(1, sizes, nil), orThrow: failure)
      let type =
        try text == nil
        ? HDF5Identifier(H5Tcopy(chdf5_file_double()), orThrow: failure)
        : variableTextType(orThrow: failure)
      let attribute = try HDF5Identifier(
        H5Acreate2(object, name, type.value, space.value, 0, 0), orThrow: failure)
      let status =
        if let text {
          text.withCString { pointer in
            withUnsafePointer(to: pointer) { H5Awrite(attribute.value, type.value, $0) }
          }
        } else {
          H5Awrite(attribute.value, chdf5_native_double(), numbers)
        }
      guard status >= 0 else {
        abandon()
        attribute.leak()
        throw failure
      }
    }
  }
}

extension HDF5Dataset {
  /// Writes the dataset's attribute `name`; `.number` as f8, text as UTF-8 of variable length.
  public func setAttribute(_ name: String, _ value: HDF5Attribute) throws(ScanFileError) {
    try file.setAttribute(name, value, of: id)
  }
}

/// UTF-8 or ASCII text of variable length; library locked.
func variableTextType(
  isASCII: Bool = false, orThrow error: @autoclosure () -> ScanFileError
) throws(ScanFileError) -> HDF5Identifier {
  let type = try HDF5Identifier(H5Tcopy(chdf5_c_string()), orThrow: error())
  guard H5Tset_size(type.value, chdf5_variable_length()) >= 0,
    H5Tset_cset(type.value, isASCII ? H5T_CSET_ASCII : H5T_CSET_UTF8) >= 0
  else { throw error() }
  return type
}
