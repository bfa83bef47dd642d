public import Acquisition
public import Arrays
import Numerics

/// A scan in fastMRI's HDF5 layout, multi-coil or single-coil.
///
/// Needed is the dataset `kspace`, complex of either precision, `(slices, coils, rows, columns)` or
/// `(slices, rows, columns)`. All else is optional: `mask`, `ismrmrd_header`, `reconstruction_rss`,
/// `reconstruction_esc` and the root attributes.
///
/// Without a stored mask the sampled columns are inferred from the first slice: a column counts as
/// sampled unless it is exactly zero in all coils. Zero columns at the edges only, with at least
/// three quarters of the columns between them, are padding and not undersampling (scanners fill
/// k-space up to a rounder matrix).
///
/// M4Raw's files follow this layout. They are told by their header, which states the echo train where the
/// schema has no place for it and breaks the schema in other ways; what it may say of the acquired lines is
/// not heeded, for the data have them: 195 of 256.
///
/// Layout: facebookresearch/fastMRI, `fastmri/data/README.md` and `fastmri/data/mri_data.py`; M4Raw:
/// PTB-MR/mrpro, `src/mrpro/phantoms/m4raw.py`.
public struct FastMRIScan: Scan {
  public let file: String
  public let layout: ScanLayout
  public let slices: Int
  public let coils: Int
  public let rows: Int
  public let columns: Int
  public let header: ScanHeader
  public let acquiredColumns: Range<Int>
  public let acquiredRows: Range<Int>
  public let storedMask: [Bool]?
  public let sampledColumns: [Bool]
  public let sampledPoints: [Bool]?
  /// Whether the coil axis is missing in the file (single-coil track).
  public let isSingleCoil: Bool
  /// The largest value of the reference over the volume (attribute `max`), as the file states it.
  public let statedMaximum: Double?
  /// The l2 norm of the reference over the volume (attribute `norm`), as the file states it.
  public let statedNorm: Double?
  /// The acceleration of the stored mask (attribute `acceleration`).
  public let statedAcceleration: Double?
  /// The number of central columns in the stored mask (attribute `num_low_frequency`).
  public let statedCentralColumns: Int?
  private let dataset: HDF5Dataset
  private let referenceDataset: HDF5Dataset?

  /// Opens a file and checks all but the k-space values, which `kspace(slice:)` checks.
  ///
  /// Throws `ScanFileError` if the file is no HDF5 file or truncated, lacks `kspace`, or holds a
  /// `kspace`, `mask`, header or reference of the wrong kind, shape or content.
  public init(path: String) throws(ScanFileError) {
    let source = try HDF5File(reading: path)
    let dataset = try source.dataset("kspace")
    let shape = dataset.shape
    guard shape.count == 3 || shape.count == 4 else {
      throw source.error(
        .wrongShape(
          dataset: "kspace", found: shape,
          expected: "the axes (slices, coils, rows, columns) or (slices, rows, columns)"))
    }
    guard case .complex = dataset.elementType else {
      throw source.error(
        .wrongType(
          dataset: "kspace", found: dataset.elementType.name,
          expected: "complex numbers (a compound of r and i)"))
    }
    guard !shape.contains(0) else {
      throw source.error(.zeroSize(dataset: "kspace", shape: shape))
    }
    file = path
    self.dataset = dataset
    isSingleCoil = shape.count == 3
    slices = shape[0]
    coils = isSingleCoil ? 1 : shape[1]
    rows = shape[shape.count - 2]
    columns = shape[shape.count - 1]
    (header, layout) = try readHeader(source, rows: rows, columns: columns)
    statedMaximum = source.attribute("max")?.number
    statedNorm = source.attribute("norm")?.number
    statedAcceleration = source.attribute("acceleration")?.number
    statedCentralColumns = source.attribute("num_low_frequency")?.number.flatMap {
      Int(exactly: $0.rounded())
    }
    referenceDataset = try openReference(source, slices: slices, isSingleCoil: isSingleCoil)

    let planned = layout == .m4raw ? 0..<columns : header.acquiredColumns(of: columns)
    let first = try readSlice(dataset, 0, [coils, rows, columns])
    acquiredRows = filledRows(first, rows: rows, columns: columns)
    if let mask = try readMask(source, columns: columns) {
      storedMask = mask
      sampledPoints = nil
      sampledColumns = mask.indices.map { mask[$0] && planned.contains($0) }
      acquiredColumns = planned
    } else {
      storedMask = nil
      let sampling = ColumnSampling(
        filled: filledColumns(first, rows: rows, columns: columns), planned: planned)
      (sampledColumns, acquiredColumns) = (sampling.sampled, sampling.acquired)
      sampledPoints = filledPoints(first, rows: rows, columns: columns)
    }
    guard sampledColumns.contains(true) else { throw source.error(.maskEmpty) }
  }

  public func kspace(slice: Int) throws(ScanFileError) -> ComplexArray {
    guard slice >= 0, slice < slices else {
      throw ScanFileError(file: file, problem: .noSuchSlice(slice, slices: slices))
    }
    let shape = [coils, rows, columns]
    var values = try readSlice(dataset, slice, shape)
    clearPadding(&values, acquiredColumns, columns: columns)
    if let problem = kspaceProblem(values, shape, slice: slice) {
      throw ScanFileError(file: file, problem: problem)
    }
    return ComplexArray(shape: shape, values: values)
  }

  /// The attributes that the layout knows, by name.
  public var remarks: [String: String] {
    var remarks: [String: String] = [:]
    remarks["stated maximum"] = statedMaximum.map { "\($0)" }
    remarks["stated norm"] = statedNorm.map { "\($0)" }
    remarks["stated acceleration"] = statedAcceleration.map { "\($0)" }
    remarks["stated central columns"] = statedCentralColumns.map(String.init)
    if isSingleCoil { remarks["coil axis"] = "none (single-coil)" }
    return remarks
  }

  public func reference(slice: Int) throws(ScanFileError) -> RealArray? {
    guard let referenceDataset else { return nil }
    guard slice >= 0, slice < slices else {
      throw ScanFileError(file: file, problem: .noSuchSlice(slice, slices: slices))
    }
    let shape = Array(referenceDataset.shape.dropFirst())
    let values = try referenceDataset.floats(start: [slice, 0, 0], count: [1] + shape)
    return RealArray(shape: shape, values: values)
  }
}

private func readHeader(
  _ source: HDF5File, rows: Int, columns: Int
) throws(ScanFileError) -> (ScanHeader, ScanLayout) {
  var header = ScanHeader()
  var layout = ScanLayout.fastMRI
  if source.contains("ismrmrd_header") {
    let text = try source.dataset("ismrmrd_header").strings().first ?? ""
    do throws(HeaderReason) {
      header = try ScanHeader(xml: text, rows: rows, columns: columns)
      if ScanHeader.isOfM4Raw(text) {
        layout = .m4raw
        (header.phaseEncodingCentre, header.phaseEncodingMaximum) = (nil, nil)
      }
    } catch {
      throw source.error(.header(reason: error.text))
    }
  }
  header.patient = source.attribute("patient_id")?.string
  header.acquisition = source.attribute("acquisition")?.string ?? header.acquisition
  return (header, layout)
}

/// The single-coil track is measured against `reconstruction_esc`, the multi-coil one against
/// `reconstruction_rss` (fastMRI, `fastmri/data/mri_data.py`).
private func openReference(
  _ source: HDF5File, slices: Int, isSingleCoil: Bool
) throws(ScanFileError) -> HDF5Dataset? {
  let names = ["reconstruction_rss", "reconstruction_esc"]
  for name in isSingleCoil ? names.reversed() : names where source.contains(name) {
    let dataset = try source.dataset(name)
    guard dataset.shape.count == 3, dataset.shape[0] == slices else {
      throw source.error(
        .wrongShape(
          dataset: name, found: dataset.shape,
          expected: "the axes (slices, rows, columns) with \(slices) slices"))
    }
    guard dataset.elementType.isReal else {
      throw source.error(
        .wrongType(dataset: name, found: dataset.elementType.name, expected: "real numbers"))
    }
    return dataset
  }
  return nil
}

private func readMask(_ source: HDF5File, columns: Int) throws(ScanFileError) -> [Bool]? {
  guard source.contains("mask") else { return nil }
  let values = try source.dataset("mask").doubles()
  guard values.count == columns else {
    throw source.error(.maskLength(found: values.count, columns: columns))
  }
  if let column = values.firstIndex(where: { $0 != 0 && $0 != 1 }) {
    throw source.error(.maskNotBinary(column: column))
  }
  guard values.contains(1) else { throw source.error(.maskEmpty) }
  return values.map { $0 == 1 }
}
