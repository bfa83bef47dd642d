public import Acquisition
public import Arrays

/// Writes magnitude images as ISMRMRD has them in HDF5: `/dataset/xml`, and `header`, `data` and `attributes`
/// in `/dataset/image_0` for the first series, `/dataset/image_1` for the next.
///
/// Axis x of an image is the readout, so its rows are our columns: `data` is (images, 1, 1, columns, rows).
/// `position` is the place of the element `[rows / 2, columns / 2]`, in DICOM's axes; position, directions and
/// extents are 0 where the scan does not state them. The file appears under its name on `commit()`.
///
/// Layout: ismrmrd/ismrmrd, `doc/mrd_files.md`, `doc/mrd_image_data.md` and `include/ismrmrd/ismrmrd.h`.
public final class MRDImageFile: Sendable {
  private static let (float, magnitude): (UInt16, UInt16) = (5, 1)

  private let writer: AtomicHDF5Writer
  private let scan: any Scan
  private let geometry: VolumeGeometry
  private let slices: [Int]
  private let size: (rows: Int, columns: Int)
  private let subject: ScanHeader.Subject?

  /// Starts a file at `path` for images `size` of the slices `slices` of `scan`, cut from its centre, which
  /// lie as `geometry` has it; `subject` is whom the header names, nobody if nil.
  ///
  /// Throws `ScanFileError` if it cannot be written.
  public init(
    path: String, of scan: any Scan, slices: [Int], size: (rows: Int, columns: Int),
    geometry: VolumeGeometry, subject: ScanHeader.Subject? = nil
  ) throws(ScanFileError) {
    guard [size.rows, size.columns, scan.slices].allSatisfy({ $0 <= MRDFields.largestNumber })
    else {
      throw ScanFileError(
        file: path,
        problem: .unsupported(
          "images of \(size.rows) × \(size.columns) are more than ISMRMRD can number",
          cure: "leave out --ismrmrd"))
    }
    writer = try AtomicHDF5Writer(path: path)
    self.scan = scan
    self.slices = slices
    self.size = size
    self.geometry = geometry
    self.subject = subject
  }

  /// Writes a series of images `[rows, columns]`, which `image` gives for each position in the volume.
  ///
  /// - Parameters:
  ///   - number: which series it is, from 0 without a gap.
  ///   - attributes: what each image says of itself, by name.
  /// Throws `ScanFileError` if an image cannot be read or is not finite, or if the disk fails.
  public func write(
    series number: Int, attributes: [(name: String, value: String)],
    image: (Int) throws(ScanFileError) -> RealArray
  ) throws(ScanFileError) {
    let group = "dataset/image_\(number)"
    let text = Self.meta(attributes)
    let header = try writer.file.createRecords(
      group + "/header", count: slices.count, fields: MRDFields.imageHeader)
    let shape = [1, 1, 1, size.columns, size.rows]
    let data = try writer.file.createDataset(
      group + "/data", shape: [slices.count] + shape.dropFirst(), type: .float, chunk: shape)
    var records = HDF5RecordBytes()
    for position in slices.indices {
      let values = try image(position)
      guard values.shape == [size.rows, size.columns] else {
        shapeError("\(values.shape) as an image of \(size)")
      }
      guard values.values.allSatisfy(\.isFinite) else {
        throw writer.file.error(
          .unsupported(
            "the image of slice \(slices[position]) is not finite", cure: "leave the slice out"))
      }
      var turned: [Float] = []
      turned.reserveCapacity(values.count)
      for column in 0..<size.columns {
        for row in 0..<size.rows { turned.append(values.values[row * size.columns + column]) }
      }
      try data.write(turned, start: [position, 0, 0, 0, 0], count: shape)
      append(position, series: number, attributes: text.utf8.count, to: &records)
    }
    try header.write(
      records, fields: MRDFields.imageHeader, start: 0, count: slices.count)
    try writer.file.writeStrings(
      group + "/attributes", Array(repeating: text, count: slices.count), isASCII: true)
  }

  /// Brings the file to the disk under its name; throws `ScanFileError` if the disk fails.
  public func commit() throws(ScanFileError) {
    try writer.file.writeStrings(
      "dataset/xml",
      [scan.rawHeader.xml(subject: subject, channels: scan.coils, slices: scan.slices)],
      isASCII: true)
    try writer.commit()
  }

  private func append(
    _ position: Int, series: Int, attributes: Int, to records: inout HDF5RecordBytes
  ) {
    // The geometry's world has x to the right and y to the front, ISMRMRD's the other way.
    func patient(_ vector: SIMD3<Double>) -> SIMD3<Double> { SIMD3(-vector.x, -vector.y, vector.z) }
    let spacing = geometry.spacing
    records.append(MRDFields.version)
    records.append(Self.float)
    // Flags and the measurement's number.
    records.append(zeroBytes: 12)
    for count in [size.rows, size.columns, 1] { records.append(UInt16(count)) }
    records.append(
      geometry.hasKnownSpacing
        ? SIMD3(
          Double(size.rows) * spacing.y, Double(size.columns) * spacing.x,
          geometry.thickness ?? spacing.z) : SIMD3())
    records.append(UInt16(1))
    if let axes = geometry.axes {
      let middle =
        axes.origin + axes.row * Double(size.rows / 2) + axes.column * Double(size.columns / 2)
        + axes.slice * Double(position)
      records.append(patient(middle))
      records.append(patient(axes.row) / spacing.y)
      records.append(patient(axes.column) / spacing.x)
      records.append(patient(axes.slice) / spacing.z)
    } else {
      records.append(zeroBytes: 4 * 12)
    }
    // The table; average, slice, contrast, phase, repetition, set; time stamps.
    records.append(zeroBytes: 12)
    for number in [0, slices[position], 0, 0, 0, 0] { records.append(UInt16(number)) }
    records.append(zeroBytes: 16)
    records.append(Self.magnitude)
    records.append(UInt16(position + 1))
    records.append(UInt16(series + 1))
    records.append(zeroBytes: 8 * 8)
    records.append(UInt32(attributes))
  }

  /// Names and values as ISMRMRD's `MetaContainer` has them (`libsrc/meta.cpp`).
  private static func meta(_ attributes: [(name: String, value: String)]) -> String {
    let list = attributes.map { attribute in
      "<meta>" + element("name", attribute.name) + element("value", attribute.value) + "</meta>"
    }
    return "<?xml version=\"1.0\"?>\n<ismrmrdMeta>" + list.joined() + "</ismrmrdMeta>"
  }
}
