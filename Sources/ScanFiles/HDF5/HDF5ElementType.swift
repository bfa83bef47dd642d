import CHDF5

/// What one element of a dataset or an attribute is, as far as reading it is concerned.
public enum HDF5ElementType: Equatable, Sendable {
  /// An integer of any width and sign.
  case integer
  /// A floating-point number of any width.
  case float
  /// An enumeration over integers, as h5py stores `bool`.
  case enumeration
  /// A compound of two numbers; the names of its real and imaginary member.
  case complex(real: String, imaginary: String)
  /// Text of fixed or variable length.
  case string
  /// Anything else; the text names it in error messages.
  case other(String)

  /// How error texts call it.
  public var name: String {
    switch self {
    case .integer: "integers"
    case .float: "real numbers"
    case .enumeration: "an enumeration"
    case .complex: "complex numbers"
    case .string: "text"
    case .other(let name): name
    }
  }

  var isReal: Bool { self == .integer || self == .float || self == .enumeration }

  /// Reads off an HDF5 datatype; called with the library locked.
  init(datatype: hid_t) {
    switch H5Tget_class(datatype) {
    case H5T_INTEGER: self = .integer
    case H5T_FLOAT: self = .float
    case H5T_ENUM: self = .enumeration
    case H5T_STRING: self = .string
    case H5T_COMPOUND: self = Self.compound(datatype)
    case H5T_BITFIELD: self = .other("bit fields")
    case H5T_ARRAY: self = .other("arrays as elements")
    case H5T_VLEN: self = .other("lists of varying length")
    default: self = .other("elements of an unsupported type")
    }
  }

  /// h5py names the members `r` and `i`, MATLAB and ISMRMRD `real` and `imag`.
  private static func compound(_ datatype: hid_t) -> HDF5ElementType {
    guard H5Tget_nmembers(datatype) == 2 else { return .other("records") }
    var names: [String] = []
    for index in 0..<UInt32(2) {
      let kind = H5Tget_member_class(datatype, index)
      guard kind == H5T_FLOAT || kind == H5T_INTEGER,
        let text = H5Tget_member_name(datatype, index)
      else { return .other("records") }
      names.append(String(cString: text))
      H5free_memory(text)
    }
    for (real, imaginary) in [("r", "i"), ("real", "imag"), ("re", "im")] {
      if names.map({ $0.lowercased() }) == [real, imaginary] {
        return .complex(real: names[0], imaginary: names[1])
      }
      if names.map({ $0.lowercased() }) == [imaginary, real] {
        return .complex(real: names[1], imaginary: names[0])
      }
    }
    return .other("records of \(names.joined(separator: " and "))")
  }
}

/// The element types that are written.
public enum HDF5StoredType: Sendable {
  /// `Complex<Float>` as the compound {r, i} of h5py.
  case complex
  case float, double, uint8, int64

  /// A fresh HDF5 datatype, little-endian in the file or native in memory; library locked.
  func datatype(
    inFile: Bool, orThrow error: @autoclosure () -> ScanFileError
  ) throws(ScanFileError) -> HDF5Identifier {
    switch self {
    case .complex:
      let part = inFile ? chdf5_file_float() : chdf5_native_float()
      return try complexType(real: "r", imaginary: "i", part: part, orThrow: error())
    case .float:
      return try HDF5Identifier(
        H5Tcopy(inFile ? chdf5_file_float() : chdf5_native_float()), orThrow: error())
    case .double:
      return try HDF5Identifier(
        H5Tcopy(inFile ? chdf5_file_double() : chdf5_native_double()), orThrow: error())
    case .uint8:
      return try HDF5Identifier(
        H5Tcopy(inFile ? chdf5_file_uint8() : chdf5_native_uint8()), orThrow: error())
    case .int64:
      return try HDF5Identifier(
        H5Tcopy(inFile ? chdf5_file_int64() : chdf5_native_int64()), orThrow: error())
    }
  }
}

/// The compound of two 4-byte parts that has the layout of `Complex<Float>`; library locked.
func complexType(
  real: String, imaginary: String, part: hid_t, orThrow error: @autoclosure () -> ScanFileError
) throws(ScanFileError) -> HDF5Identifier {
  let type = try HDF5Identifier(H5Tcreate(H5T_COMPOUND, 8), orThrow: error())
  guard H5Tinsert(type.value, real, 0, part) >= 0, H5Tinsert(type.value, imaginary, 4, part) >= 0
  else { throw error() }
  return type
}
