/// Why a scan file cannot be read, or a result file not be written.
///
/// `description` is one sentence for the person at the keyboard: which file, what is wrong where,
/// and what to do about it.
public struct ScanFileError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The path of the file, as the caller gave it.
  public let file: String
  /// What is wrong.
  public let problem: Problem

  /// What can be wrong with a file.
  public enum Problem: Equatable, Sendable {
    /// There is no such file, or it may not be read.
    case unreadable(reason: String)
    /// The file is of another kind than HDF5.
    case notHDF5(FileKind)
    /// The file carries the HDF5 signature but ends too early or is damaged.
    case truncated
    /// A dataset that is needed is missing; `present` lists what the file holds instead.
    case missingDataset(String, present: [String])
    /// A dataset has the wrong number of axes or axes of the wrong size.
    case wrongShape(dataset: String, found: [Int], expected: String)
    /// A dataset holds another type of element than it must.
    case wrongType(dataset: String, found: String, expected: String)
    /// A dataset has an axis of size zero.
    case zeroSize(dataset: String, shape: [Int])
    /// HDF5 could not read the values, although the dataset is there.
    case unreadableDataset(String)
    /// A dataset is packed with a compression filter that this HDF5 library lacks.
    case missingFilter(dataset: String, filter: String)
    /// A value of the k-space is NaN or infinite.
    case notFinite(slice: Int, coil: Int, row: Int, column: Int)
    /// All values of one coil are zero.
    case emptyCoil(slice: Int, coil: Int)
    /// The mask's length differs from the number of k-space columns.
    case maskLength(found: Int, columns: Int)
    /// The mask (or, without a stored one, the k-space) marks no column as sampled.
    case maskEmpty
    /// The mask holds something else than 0 and 1.
    case maskNotBinary(column: Int)
    /// The XML header cannot be parsed.
    case header(reason: String)
    /// A slice index lies outside the scan.
    case noSuchSlice(Int, slices: Int)
    /// Writing failed, most often for want of disk space.
    case writeFailed(object: String, reason: String)
    /// A file of another length than its header states.
    case wrongLength(found: Int, expected: Int)
    /// The text that describes a BART array cannot be used.
    case bartHeader(reason: String)
    /// What a header or a dataset claims to hold is far more than the file's bytes can.
    case implausibleSize(object: String, shape: [Int])
    /// Values that are kept in another file.
    case otherFile(String)
    /// The file has no such volume.
    case noSuchFrame(Int, frames: Int)
    /// A scan that is whole but of a kind that is not read; the second text says what to do.
    case unsupported(String, cure: String)
    /// Raw data that contradict themselves; the second text says what to do.
    case rawData(String, cure: String)
    /// The file was to be finished before all its slices had been written.
    case incomplete(dataset: String, slice: Int)
  }

  /// What a file that is not HDF5 seems to be.
  public enum FileKind: Equatable, Sendable {
    case empty, matlab5, mrdStream, twix, unknown
  }

  /// An error about `file`.
  public init(file: String, problem: Problem) {
    self.file = file
    self.problem = problem
  }

  public var description: String { "\(file): \(printable(problem.sentence))." }
}

extension ScanFileError.Problem {
  /// What, where and what to do, without the file's name and the full stop.
  var sentence: String {
    switch self {
    case .unreadable(let reason):
      "cannot be opened (\(reason)); check the path and the permissions"
    case .notHDF5(.empty):
      "the file is empty; copy or download it again"
    case .notHDF5(.matlab5):
      "is a MATLAB 5.0 MAT-file, not HDF5; save it in MATLAB with the option '-v7.3'"
    case .notHDF5(.mrdStream):
      "is an MRD stream, not an HDF5 file; convert it with 'ismrmrd_stream_to_hdf5'"
    case .notHDF5(.twix):
      "is Siemens raw data (twix); convert it with 'siemens_to_ismrmrd'"
    case .notHDF5(.unknown):
      "is not an HDF5 file, nor a BART array beside its header; give a scan in one of the layouts "
        + "that 'mri-ilo recon --help' names"
    case .truncated:
      "the HDF5 file is truncated or damaged; copy or download it again and compare its checksum"
    case .missingDataset(let name, let present):
      "has no dataset '\(name)' "
        + (present.isEmpty ? "(it is empty)" : "(it holds \(listing(present)))")
        + "; check that the file has the expected layout"
    case .wrongShape(let dataset, let found, let expected):
      "dataset '\(dataset)' has shape \(found) but must have \(expected); "
        + "write the axes in this order"
    case .wrongType(let dataset, let found, let expected):
      "dataset '\(dataset)' holds \(found) but must hold \(expected); convert it"
    case .zeroSize(let dataset, let shape):
      "dataset '\(dataset)' has shape \(shape) and so holds no values; export the scan again"
    case .unreadableDataset(let dataset):
      "dataset '\(dataset)' cannot be read, the file is damaged there; "
        + "copy or download it again and compare its checksum"
    case .missingFilter(let dataset, let filter):
      "dataset '\(dataset)' is compressed with the filter '\(filter)', which the HDF5 library here "
        + "lacks; repack the file where it is known with 'h5repack -f GZIP=4'"
    case .notFinite(let slice, let coil, let row, let column):
      "the k-space of slice \(slice), coil \(coil) is not a finite number at row \(row), "
        + "column \(column); export the scan again or leave the slice out"
    case .emptyCoil(let slice, let coil):
      "coil \(coil) of slice \(slice) holds only zeros; remove the coil from the file"
    case .maskLength(let found, let columns):
      "dataset 'mask' has \(found) values but the k-space has \(columns) columns; "
        + "store one value per column"
    case .maskEmpty:
      "no column of the k-space is sampled; check the dataset 'mask' and the k-space"
    case .maskNotBinary(let column):
      "dataset 'mask' is neither 0 nor 1 at column \(column); store 1 for each sampled column"
    case .header(let reason):
      "the ISMRMRD header is not readable XML (\(reason)); repair or remove it"
    case .noSuchSlice(let slice, let slices):
      "has no slice \(slice); choose one from 0 to \(slices - 1)"
    case .writeFailed(let object, let reason):
      "\(object) could not be written (\(reason)); check the free disk space and the permissions"
    case .wrongLength(let found, let expected):
      "has \(found) bytes but its header states \(expected); copy or download it again with its "
        + "header"
    case .bartHeader(let reason):
      "is no BART header that can be used (\(reason)); write the array again with BART"
    case .implausibleSize(let object, let shape):
      "\(object) claims the shape \(shape), which is more than the file's bytes can hold; "
        + "copy or download it again"
    case .otherFile(let name):
      "'\(name)' is kept in another file, which is not followed; copy it into this one with "
        + "'h5repack' or 'h5copy'"
    case .noSuchFrame(let frame, let frames):
      "has no frame \(frame); choose one from 0 to \(frames - 1)"
    case .unsupported(let what, let cure), .rawData(let what, let cure): "\(what); \(cure)"
    case .incomplete(let dataset, let slice):
      "slice \(slice) of dataset '\(dataset)' was never written; write every slice before finishing"
    }
  }
}
