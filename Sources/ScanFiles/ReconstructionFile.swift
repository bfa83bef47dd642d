public import Arrays
import Synchronization

/// A file of reconstructed images in fastMRI's submission layout, with what is needed to judge
/// them beside it.
///
/// Datasets: `reconstruction` `(slices, rows, columns)` f4 of the first method, and
/// `reconstruction_<method>` for each further one; `zero_padded` and `zero_padded_<method>`, the same on a
/// finer matrix, where one is wanted; any `maps` under their names in the same shape;
/// `coil_maps` `(slices, coils, rows, columns)` complex, `reference`, `mask` `(columns)` or `(rows, columns)` u8 and `provenance` (JSON text) where given. Slices may
/// come in any order and from several threads. The file appears under its name on `commit()`.
///
/// Layout: facebookresearch/fastMRI, `fastmri/utils.py` (`save_reconstructions`).
public final class ReconstructionFile: Sendable {
  private let writer: AtomicHDF5Writer
  private let images: [String: HDF5Dataset]
  private let paddedImages: [String: HDF5Dataset]
  private let maps: [String: HDF5Dataset]
  private let coilMaps: [HDF5Dataset]
  private let reference: HDF5Dataset?
  private let slices: Int
  private let written = Mutex<[String: Set<Int>]>([:])

  /// Starts the file at `path`.
  ///
  /// - Parameters:
  ///   - size: rows and columns of the images and the reference.
  ///   - paddedSize: rows and columns of the same images on a finer matrix, if they are to be stored too.
  ///   - methods: the methods' names, the main one first; at least one.
  ///   - maps: the names of further real datasets of the images' size, such as `prior_share`.
  ///   - mapShape: `[coils, rows, columns]` of the coil maps, if they are to be stored.
  ///   - mapSets: how many sets of coil maps there are; those after the first are `coil_maps_2` and so on.
  ///   - hasReference: whether a reference image per slice will be written.
  ///   - mask: the sampled columns, or points of a mask of `maskRows` rows.
  ///   - provenance: JSON text saying how the images came about.
  ///   - attributes: root attributes, written in alphabetic order.
  /// Throws `ScanFileError` if the file cannot be written.
  public init(
    path: String, slices: Int, size: (rows: Int, columns: Int), paddedSize: [Int]? = nil,
    methods: [String], maps: [String] = [], mapShape: [Int]? = nil, mapSets: Int = 1,
    hasReference: Bool = false,
    mask: [Bool]? = nil,
    maskRows: Int? = nil,
    provenance: String? = nil, attributes: [String: HDF5Attribute] = [:]
  ) throws(ScanFileError) {
    guard let main = methods.first, Set(methods).count == methods.count else {
      shapeError("a reconstruction file needs one or more methods with different names: \(methods)")
    }
    let writer = try AtomicHDF5Writer(path: path)
    let shape = [slices, size.rows, size.columns]
    var images: [String: HDF5Dataset] = [:]
    for method in methods {
      images[method] = try writer.file.createDataset(
        method == main ? "reconstruction" : "reconstruction_\(method)", shape: shape, type: .float)
    }
    self.images = images
    var padded: [String: HDF5Dataset] = [:]
    if let paddedSize {
      for method in methods {
        padded[method] = try writer.file.createDataset(
          method == main ? "zero_padded" : "zero_padded_\(method)",
          shape: [slices] + paddedSize, type: .float)
      }
    }
    paddedImages = padded
    var others: [String: HDF5Dataset] = [:]
    for name in maps {
      others[name] = try writer.file.createDataset(name, shape: shape, type: .float)
    }
    self.maps = others
    var coilMaps: [HDF5Dataset] = []
    if let mapShape {
      for set in 0..<mapSets {
        coilMaps.append(
          try writer.file.createDataset(
            set == 0 ? "coil_maps" : "coil_maps_\(set + 1)", shape: [slices] + mapShape,
            type: .complex, chunk: [1, 1] + mapShape.dropFirst()))
      }
    }
    self.coilMaps = coilMaps
    reference =
      hasReference ? try writer.file.createDataset("reference", shape: shape, type: .float) : nil
    if let mask {
      try writer.file.createDataset(
        "mask", shape: maskRows.map { [$0, mask.count / $0] } ?? [mask.count], type: .uint8
      )
      .write(mask.map { $0 ? UInt8(1) : 0 })
    }
    if let provenance { try writer.file.writeString("provenance", provenance) }
    for (name, value) in attributes.sorted(by: { $0.key < $1.key }) {
      try writer.file.setAttribute(name, value)
    }
    try writer.file.setAttribute("method", .string(main))
    self.writer = writer
    self.slices = slices
  }

  /// Writes the image `[rows, columns]` of one method and slice.
  public func write(_ image: RealArray, method: String, slice: Int) throws(ScanFileError) {
    guard let dataset = images[method] else {
      shapeError("the method \(method) was not announced for this reconstruction file")
    }
    try write(image.shape, to: dataset, slice) { start, count throws(ScanFileError) in
      try dataset.write(image.values, start: start, count: count)
    }
  }

  /// Writes the image of one method and slice on the finer matrix.
  public func write(padded image: RealArray, method: String, slice: Int) throws(ScanFileError) {
    guard let dataset = paddedImages[method] else {
      shapeError("no finer images of the method \(method) were announced for this file")
    }
    try write(image.shape, to: dataset, slice) { start, count throws(ScanFileError) in
      try dataset.write(image.values, start: start, count: count)
    }
  }

  /// The image `[rows, columns]` of one slice by `method` that was written before, on the finer matrix where
  /// there is one and `isPadded`.
  public func image(
    method: String, slice: Int, isPadded: Bool = false
  ) throws(ScanFileError) -> RealArray {
    guard let dataset = (isPadded ? paddedImages[method] : nil) ?? images[method] else {
      shapeError("no images of the method \(method) were announced for this file")
    }
    let size = Array(dataset.shape.dropFirst())
    return RealArray(
      shape: size, values: try dataset.floats(start: [slice, 0, 0], count: [1] + size))
  }

  /// Writes the map `[rows, columns]` called `name` of one slice.
  public func write(_ map: RealArray, as name: String, slice: Int) throws(ScanFileError) {
    guard let dataset = maps[name] else {
      shapeError("the map \(name) was not announced for this reconstruction file")
    }
    try write(map.shape, to: dataset, slice) { start, count throws(ScanFileError) in
      try dataset.write(map.values, start: start, count: count)
    }
  }

  /// Writes the reference image `[rows, columns]` of one slice.
  public func writeReference(_ image: RealArray, slice: Int) throws(ScanFileError) {
    guard let reference else { shapeError("no reference was announced for this file") }
    try write(image.shape, to: reference, slice) { start, count throws(ScanFileError) in
      try reference.write(image.values, start: start, count: count)
    }
  }

  /// The reference image `[rows, columns]` of a slice that was written before.
  public func reference(slice: Int) throws(ScanFileError) -> RealArray {
    guard let reference else { shapeError("no reference was announced for this file") }
    let size = Array(reference.shape.dropFirst())
    return RealArray(
      shape: size, values: try reference.floats(start: [slice, 0, 0], count: [1] + size))
  }

  /// Writes a set of coil maps `[coils, rows, columns]` of one slice.
  public func writeCoilMaps(
    _ maps: ComplexArray, set: Int = 0, slice: Int
  ) throws(ScanFileError) {
    guard self.coilMaps.indices.contains(set) else {
      shapeError("no coil maps were announced for this file")
    }
    let coilMaps = self.coilMaps[set]
    try write(maps.shape, to: coilMaps, slice) { start, count throws(ScanFileError) in
      try coilMaps.write(maps.values, start: start, count: count)
    }
  }

  /// Brings the file to the disk under its name.
  ///
  /// Throws `ScanFileError` if a slice of any dataset was not written, or if the disk fails.
  public func commit() throws(ScanFileError) {
    let done = written.withLock { $0 }
    let datasets =
      Array(images.values) + Array(paddedImages.values) + Array(maps.values)
      + coilMaps + [reference].compactMap { $0 }
    for dataset in datasets.sorted(by: { $0.name < $1.name }) {
      if let missing = (0..<slices).first(where: { done[dataset.name]?.contains($0) != true }) {
        throw writer.file.error(.incomplete(dataset: dataset.name, slice: missing))
      }
    }
    try writer.commit()
  }

  private func write(
    _ shape: [Int], to dataset: HDF5Dataset, _ slice: Int,
    _ body: ([Int], [Int]) throws(ScanFileError) -> Void
  ) throws(ScanFileError) {
    guard shape == Array(dataset.shape.dropFirst()), slice >= 0, slice < slices else {
      shapeError("\(shape) at slice \(slice) does not fit '\(dataset.name)' \(dataset.shape)")
    }
    try body([slice] + Array(repeating: 0, count: shape.count), [1] + shape)
    written.withLock { _ = $0[dataset.name, default: []].insert(slice) }
  }
}
