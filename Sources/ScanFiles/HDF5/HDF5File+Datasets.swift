import CHDF5
import Foundation
public import Numerics

extension HDF5File {
  /// Opens the dataset `name`; throws `ScanFileError` if it is missing or not a dataset.
  public func dataset(_ name: String) throws(ScanFileError) -> HDF5Dataset {
    guard contains(name) else { throw error(.missingDataset(name, present: names)) }
    return try HDF5Dataset(file: self, name: name) { () throws(ScanFileError) in
      // What a stranger's file names elsewhere on this machine is not opened.
      var step = ""
      for part in name.split(separator: "/") {
        step += step.isEmpty ? String(part) : "/" + part
        if chdf5_is_external_link(id, step) != 0 { throw error(.otherFile(step)) }
      }
      let dataset = H5Dopen2(id, name, 0)
      guard dataset >= 0 else { throw error(.unreadableDataset(name)) }
      if chdf5_share_file(id, dataset) == 0 || chdf5_has_values_elsewhere(dataset) != 0 {
        H5Idec_ref(dataset)
        throw error(.otherFile(name))
      }
      return dataset
    }
  }

  /// Creates a dataset of known shape, to be filled box by box.
  ///
  /// It is stored in chunks of the shape `chunk` (default: one index of the first axis), packed
  /// with gzip of the given level if asked for. Unwritten values are zero. Groups that a name such as
  /// `reference/scan` needs are made.
  public func createDataset(
    _ name: String, shape: [Int], type: HDF5StoredType, chunk: [Int]? = nil, gzip: Int? = nil
  ) throws(ScanFileError) -> HDF5Dataset {
    let failure = error(
      .writeFailed(object: "dataset '\(name)'", reason: "HDF5 could not create it"))
    return try HDF5Dataset(file: self, name: name) { () throws(ScanFileError) in
      let datatype = try type.datatype(inFile: true, orThrow: failure)
      let space = try HDF5Identifier(
        shape.isEmpty
          ? H5Screate(H5S_SCALAR)
          : H5Screate_simple(Int32(shape.count), shape.map(hsize_t.init), nil), orThrow: failure)
      let list = try timelessDataset(orThrow: failure)
      if !shape.isEmpty, shape.allSatisfy({ $0 > 0 }) {
        let chunk = chunk ?? defaultChunk(shape)
        guard H5Pset_chunk(list.value, Int32(chunk.count), chunk.map(hsize_t.init)) >= 0 else {
          throw failure
        }
        if let gzip, H5Pset_deflate(list.value, UInt32(gzip)) < 0 { throw failure }
      }
      let links = try HDF5Identifier(H5Pcreate(chdf5_class_link_creation()), orThrow: failure)
      guard H5Pset_create_intermediate_group(links.value, 1) >= 0 else { throw failure }
      let dataset = H5Dcreate2(
        id, name, datatype.value, space.value, links.value, list.value, 0)
      guard dataset >= 0 else {
        abandon()
        throw failure
      }
      return dataset
    }
  }

  /// Writes `text` as a scalar string dataset, UTF-8 of variable length as h5py does.
  public func writeString(_ name: String, _ text: String) throws(ScanFileError) {
    try write([text], shape: [], name)
  }

  /// Writes `texts` as a dataset `(count)` of strings, UTF-8 of variable length as h5py does.
  ///
  /// With `isASCII` the file says that the texts, which must be so, are ASCII: HDF5 does not give strings
  /// of one character set to programs that ask for the other.
  public func writeStrings(
    _ name: String, _ texts: [String], isASCII: Bool = false
  ) throws(ScanFileError) {
    try write(texts, shape: [hsize_t(texts.count)], name, isASCII: isASCII)
  }

  private func write(
    _ texts: [String], shape: [hsize_t], _ name: String, isASCII: Bool = false
  ) throws(ScanFileError) {
    let failure = error(.writeFailed(object: "dataset '\(name)'", reason: "HDF5 refused it"))
    // HDF5 wants a pointer to each text, all of them alive at once.
    let pointers = texts.map { UnsafePointer(strdup($0)) }
    defer { for pointer in pointers { free(UnsafeMutablePointer(mutating: pointer)) } }
    try HDF5Library.locked { () throws(ScanFileError) in
      let type = try variableTextType(isASCII: isASCII, orThrow: failure)
      let space = try HDF5Identifier(
        shape.isEmpty
          ? H5Screate(H5S_SCALAR) : H5Screate_simple(Int32(shape.count), shape, nil),
        orThrow: failure)
      let list = try timelessDataset(orThrow: failure)
      let dataset = try HDF5Identifier(
        H5Dcreate2(id, name, type.value, space.value, 0, list.value, 0), orThrow: failure)
      guard H5Dwrite(dataset.value, type.value, 0, 0, 0, pointers) >= 0 else {
        abandon()
        dataset.leak()
        throw failure
      }
    }
  }
}

/// The properties of a dataset that keeps no time of writing: equal data give equal files.
func timelessDataset(
  orThrow failure: ScanFileError
) throws(ScanFileError) -> HDF5Identifier {
  let list = try HDF5Identifier(H5Pcreate(chdf5_class_dataset_creation()), orThrow: failure)
  guard H5Pset_obj_track_times(list.value, false) >= 0 else { throw failure }
  return list
}

/// One index of the first axis; one-dimensional datasets are a single chunk.
private func defaultChunk(_ shape: [Int]) -> [Int] {
  shape.count == 1 ? shape : [1] + shape.dropFirst()
}

extension HDF5Dataset {
  /// Writes complex values into the box at `start` of size `count` (default: all).
  public func write(
    _ values: [Complex<Float>], start: [Int]? = nil, count: [Int]? = nil
  ) throws(ScanFileError) {
    try write(values, .complex, start, count)
  }

  /// Writes real values into the box at `start` of size `count` (default: all).
  public func write(
    _ values: [Float], start: [Int]? = nil, count: [Int]? = nil
  ) throws(ScanFileError) {
    try write(values, .float, start, count)
  }

  /// Writes bytes into the box at `start` of size `count` (default: all).
  public func write(
    _ values: [UInt8], start: [Int]? = nil, count: [Int]? = nil
  ) throws(ScanFileError) {
    try write(values, .uint8, start, count)
  }

  /// Writes integers into the box at `start` of size `count` (default: all).
  public func write(
    _ values: [Int], start: [Int]? = nil, count: [Int]? = nil
  ) throws(ScanFileError) {
    try write(values, .int64, start, count)
  }

  private func write<Value>(
    _ values: [Value], _ type: HDF5StoredType, _ start: [Int]?, _ count: [Int]?
  ) throws(ScanFileError) {
    let count = count ?? shape
    let failure = file.error(
      .writeFailed(
        object: "dataset '\(name)'", reason: "HDF5 refused \(count) values at \(start ?? [])"))
    guard values.count == count.reduce(1, *), !file.isAbandoned else { throw failure }
    if values.isEmpty { return }
    try HDF5Library.locked { () throws(ScanFileError) in
      let datatype = try type.datatype(inFile: false, orThrow: failure)
      let box = try selection(start, count, orThrow: failure)
      let status = values.withUnsafeBytes {
        H5Dwrite(id, datatype.value, box.memory.value, box.file.value, 0, $0.baseAddress)
      }
      guard status >= 0 else {
        file.abandon()
        throw failure
      }
    }
  }
}
