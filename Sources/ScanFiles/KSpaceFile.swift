import Acquisition
public import Arrays
import Synchronization

/// Writes measured k-space in fastMRI's HDF5 layout.
///
/// Datasets `kspace` (slices, coils, rows, columns), `ismrmrd_header` where the header says anything,
/// and `mask` where whole columns are missing; attributes `acquisition` and `patient_id` where known. It
/// appears under its name on `commit()`.
///
/// Layout: facebookresearch/fastMRI, `fastmri/data/README.md`.
public final class KSpaceFile: Sendable {
  private let writer: AtomicHDF5Writer
  private let kspace: HDF5Dataset
  private let written = Mutex<Set<Int>>([])

  /// Starts a file at `path` for all slices of `scan`.
  ///
  /// Throws `ScanFileError` if it cannot be written.
  public init(path: String, like scan: any Scan) throws(ScanFileError) {
    writer = try AtomicHDF5Writer(path: path)
    kspace = try writer.file.createDataset(
      "kspace", shape: [scan.slices, scan.coils, scan.rows, scan.columns], type: .complex,
      chunk: [1, 1, scan.rows, scan.columns])
    if scan.header.encoded != nil { try writer.file.writeString("ismrmrd_header", scan.header.xml) }
    if !scan.isFullySampled, scan.sampledPoints == nil {
      try writer.file.createDataset("mask", shape: [scan.columns], type: .uint8)
        .write(scan.sampledColumns.map { $0 ? UInt8(1) : 0 })
    }
    for (name, text) in [
      ("acquisition", scan.header.acquisition), ("patient_id", scan.header.patient),
    ] {
      if let text { try writer.file.setAttribute(name, .string(text)) }
    }
  }

  /// Writes the k-space `[coils, rows, columns]` of one slice.
  ///
  /// Throws `ScanFileError` if the disk fails.
  public func write(_ slice: ComplexArray, slice index: Int) throws(ScanFileError) {
    guard slice.shape == Array(kspace.shape.dropFirst()), index >= 0, index < kspace.shape[0] else {
      shapeError("\(slice.shape) at slice \(index) does not fit a file of \(kspace.shape)")
    }
    try kspace.write(slice.values, start: [index, 0, 0, 0], count: [1] + slice.shape)
    written.withLock { _ = $0.insert(index) }
  }

  /// Brings the file to the disk under its name; throws `ScanFileError` if a slice is missing or the
  /// disk fails.
  public func commit() throws(ScanFileError) {
    let done = written.withLock { $0 }
    if let missing = (0..<kspace.shape[0]).first(where: { !done.contains($0) }) {
      throw writer.file.error(.incomplete(dataset: "kspace", slice: missing))
    }
    try writer.commit()
  }
}
