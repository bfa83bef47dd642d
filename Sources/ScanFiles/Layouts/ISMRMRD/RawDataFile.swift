public import Acquisition
public import Arrays
import Numerics
import Synchronization

/// Writes k-space as ISMRMRD raw data in HDF5: the header `/dataset/xml` and a readout for every acquired
/// line of every slice, `/dataset/data`.
///
/// Lines outside the planned columns and those that are not sampled are not written; rows at the ends of a
/// slice that hold only zeros, as after an asymmetric echo, are none of its samples. `center_sample` and the
/// header's encoding limits say where the centre of k-space is. Calibration lines of an undersampled scan are
/// flagged as such. Samples are in the sign that all layouts have here, so the vendor, by whose name a reader
/// might conjugate them, is not named. Partitions that were made slices are written as slices. What the scan
/// does not state, its place or the time of a sample, is 0. The file appears under its name on `commit()`.
///
/// Layout: ismrmrd/ismrmrd, `doc/mrd_files.md` and `include/ismrmrd/ismrmrd.h`.
public final class RawDataFile: Sendable {
  private let writer: AtomicHDF5Writer
  private let dataset: HDF5Dataset
  private let scan: any Scan
  /// The columns that are written, and the number of line 0.
  private let lines: [Int]
  private let firstLine: Int
  private let calibration: Set<Int>
  private let written = Mutex<Set<Int>>([])

  /// Starts a file at `path` for all slices of `scan`; `subject` is whom the header names, nobody if nil.
  ///
  /// Throws `ScanFileError` if it cannot be written, or if the scan is more than the layout can say: sampled
  /// at single points, or with more than 65,535 of something.
  public init(
    path: String, like scan: any Scan, subject: ScanHeader.Subject? = nil
  ) throws(ScanFileError) {
    func refuse(_ what: String) -> ScanFileError {
      ScanFileError(
        file: path, problem: .unsupported(what, cure: "convert it to .h5 of fastMRI or to .cfl"))
    }
    guard scan.sampledPoints == nil else {
      throw refuse(
        "the scan is sampled at single points, of which readouts of ISMRMRD cannot be made")
    }
    let sizes = [scan.slices, scan.coils, scan.rows, scan.columns]
    guard sizes.allSatisfy({ $0 <= MRDFields.largestNumber }) else {
      throw refuse("the sizes \(sizes) are more than ISMRMRD can number")
    }
    self.scan = scan
    lines = scan.sampledColumns.indices.filter {
      scan.sampledColumns[$0] && scan.acquiredColumns.contains($0)
    }
    let mask = scan.isFullySampled ? nil : try? scan.samplingMask()
    calibration = Set(mask?.calibrationColumns ?? 0..<0)
    // The centre of the limits cannot be negative.
    let planned =
      scan.acquiredColumns.lowerBound <= scan.columns / 2 ? scan.acquiredColumns : 0..<scan.columns
    firstLine = planned.lowerBound
    writer = try AtomicHDF5Writer(path: path)
    dataset = try writer.file.createRecords(
      "dataset/data", count: scan.slices * lines.count, fields: MRDFields.acquisition)
    var header = scan.rawHeader
    header.phaseEncodingCentre = scan.columns / 2 - planned.lowerBound
    header.phaseEncodingMaximum = planned.count - 1
    try writer.file.writeStrings(
      "dataset/xml",
      [
        header.xml(
          subject: subject, channels: scan.coils, slices: scan.slices,
          acceleration: mask?.acceleration)
      ], isASCII: true)
  }

  /// Writes the readouts of one slice of k-space `[coils, rows, columns]`.
  ///
  /// Throws `ScanFileError` if the disk fails.
  public func write(_ kspace: ComplexArray, slice: Int) throws(ScanFileError) {
    let (coils, rows, columns) = (scan.coils, scan.rows, scan.columns)
    guard kspace.shape == [coils, rows, columns], (0..<scan.slices).contains(slice) else {
      shapeError("\(kspace.shape) as slice \(slice) of \(scan.slices) of \([coils, rows, columns])")
    }
    let samples = Self.filledRows(kspace)
    let plane = scan.plane(slice: slice)
    var records = HDF5RecordBytes()
    for (position, column) in lines.enumerated() {
      append(slice: slice, position, samples, plane, to: &records)
      records.appendList { _ in }
      records.appendList { values in
        for coil in 0..<coils {
          for row in samples {
            let value = kspace.values[(coil * rows + row) * columns + column]
            values.append(value.real)
            values.append(value.imaginary)
          }
        }
      }
    }
    try dataset.write(
      records, fields: MRDFields.acquisition, start: slice * lines.count, count: lines.count)
    written.withLock { _ = $0.insert(slice) }
  }

  /// Brings the file to the disk under its name; throws `ScanFileError` if a slice is missing or the
  /// disk fails.
  public func commit() throws(ScanFileError) {
    let done = written.withLock { $0 }
    if let missing = (0..<scan.slices).first(where: { !done.contains($0) }) {
      throw writer.file.error(.incomplete(dataset: "dataset/data", slice: missing))
    }
    try writer.commit()
  }

  /// The header of the readout at `position` among the lines of a slice.
  private func append(
    slice: Int, _ position: Int, _ samples: Range<Int>, _ plane: SlicePlane?,
    to records: inout HDF5RecordBytes
  ) {
    let column = lines[position]
    let coils = scan.coils
    var flags: UInt64 = 0
    func set(_ flag: AcquisitionFlag, if condition: Bool) {
      if condition { flags |= 1 << (flag.rawValue - 1) }
    }
    set(.firstInSlice, if: position == 0)
    set(.lastInSlice, if: position == lines.count - 1)
    set(.lastInMeasurement, if: position == lines.count - 1 && slice == scan.slices - 1)
    set(.parallelCalibrationAndImaging, if: calibration.contains(column))
    records.append(MRDFields.version)
    records.append(flags)
    records.append(UInt32(0))
    records.append(UInt32(slice * lines.count + position))
    // Time stamps of acquisition and physiology.
    records.append(zeroBytes: 16)
    for number in [samples.count, coils, coils] { records.append(UInt16(number)) }
    for word in 0..<16 {
      let bits = min(64, max(0, coils - 64 * word))
      records.append(bits == 64 ? UInt64.max : UInt64(1) << UInt64(bits) - 1)
    }
    // Nothing to discard; the centre; the encoding; no trajectory.
    for number in [0, 0, scan.rows / 2 - samples.lowerBound, 0, 0] {
      records.append(UInt16(number))
    }
    records.append(Float(scan.header.sampleTime ?? 0))
    for vector in [
      plane?.position, plane?.readDirection, plane?.phaseDirection, plane?.sliceDirection, nil,
    ] {
      records.append(vector ?? SIMD3<Double>())
    }
    for number in [column - firstLine, 0, 0, slice] { records.append(UInt16(number)) }
    // Contrast, phase, repetition, set, segment and the user's eight counters; the user's numbers.
    records.append(zeroBytes: 2 * 13 + 4 * 16)
  }

  /// The rows that hold anything, without zeros at the ends; all where the middle would not be one of them.
  private static func filledRows(_ kspace: ComplexArray) -> Range<Int> {
    let (coils, rows, columns) = (kspace.shape[0], kspace.shape[1], kspace.shape[2])
    func holds(_ row: Int) -> Bool {
      (0..<coils).contains { coil in
        let start = (coil * rows + row) * columns
        return kspace.values[start..<start + columns].contains { !$0.isZero }
      }
    }
    let first = (0..<rows).first(where: holds) ?? 0
    let last = (0..<rows).last(where: holds) ?? rows - 1
    // A centre at sample 0 would be read as one that is not stated.
    guard first < rows / 2, last >= rows / 2 else { return 0..<rows }
    return first..<last + 1
  }
}

extension Scan {
  /// The header for raw data of the slices as they are given: their matrix, a partition each.
  ///
  /// Where the header's matrix is not that of k-space, the samples' spacing is kept and the extent follows
  /// the samples, as `ScanHeader.readoutOversampling` has it.
  var rawHeader: ScanHeader {
    var header = header
    func slab(_ space: ScanHeader.Space) -> ScanHeader.Space {
      var space = space
      space.partitionExtent = space.partitionExtent.map { $0 / Double(space.partitions) }
      space.partitions = 1
      return space
    }
    var encoded = slab(header.encoded ?? ScanHeader.Space(rows: rows, columns: columns))
    encoded.rowExtent = encoded.rowExtent.map { $0 * Double(rows) / Double(encoded.rows) }
    (encoded.rows, encoded.columns) = (rows, columns)
    header.encoded = encoded
    header.reconstructed = header.reconstructed.map(slab) ?? encoded
    if header.reconstructed?.partitionExtent != nil {
      header.reconstructed?.partitionExtent = encoded.partitionExtent
    }
    return header
  }
}
