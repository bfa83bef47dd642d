public import Acquisition
public import Arrays

/// A scan of one or more slices whose k-space is read one slice at a time.
///
/// Columns are the phase-encode axis that a mask samples, rows the readout.
public protocol Scan: Sendable {
  /// The path of the file, for titles and error texts.
  var file: String { get }
  /// The layout that the file follows.
  var layout: ScanLayout { get }
  /// Which of the file's `frames` the slices are from.
  var frame: Int { get }
  /// How many volumes the file holds: its contrasts, phases, repetitions or the like; 1 if no more.
  var frames: Int { get }
  /// The number of slices.
  var slices: Int { get }
  /// The number of receiver coils; 1 for single-coil scans.
  var coils: Int { get }
  /// The number of readout samples, with the oversampling that is still in the data.
  var rows: Int { get }
  /// The number of phase-encode columns.
  var columns: Int { get }
  /// What the file says about the acquisition.
  var header: ScanHeader { get }
  /// The columns the scan was planned to hold; those outside are padding and hold zeros.
  var acquiredColumns: Range<Int> { get }
  /// The rows that were measured; an asymmetric echo leaves some out at one end, which hold zeros.
  var acquiredRows: Range<Int> { get }
  /// The mask stored in the file, `[columns]`, if any.
  var storedMask: [Bool]? { get }
  /// Which columns hold data, `[columns]`: the stored mask, or else the columns that are not
  /// exactly zero over all coils.
  var sampledColumns: [Bool] { get }

  /// The points of every slice that hold data, `[rows, columns]`, where single points are sampled and not whole
  /// columns, as in a plane across the readout of a three-dimensional scan; else nil.
  var sampledPoints: [Bool]? { get }

  /// The k-space of one slice, `[coils, rows, columns]`.
  ///
  /// Throws `ScanFileError` if the slice does not exist, cannot be read, holds NaN or infinity, or
  /// has a coil of zeros only.
  func kspace(slice: Int) throws(ScanFileError) -> ComplexArray

  /// The stored reference image of one slice, `[rows, columns]` of its own size, if there is one.
  ///
  /// Throws `ScanFileError` if it is there but cannot be read.
  func reference(slice: Int) throws(ScanFileError) -> RealArray?

  /// Where a slice lies in the patient; nil where the file does not say.
  func plane(slice: Int) -> SlicePlane?

  /// What else the file states and what was done with it, by name, for `inspect`.
  var remarks: [String: String] { get }
}

extension Scan {
  public var frame: Int { 0 }
  public var frames: Int { 1 }
  public var remarks: [String: String] { [:] }
  public var sampledPoints: [Bool]? { nil }
  public var acquiredRows: Range<Int> { 0..<rows }
  public func reference(slice: Int) throws(ScanFileError) -> RealArray? { nil }
  public func plane(slice: Int) -> SlicePlane? { nil }
}

extension Scan {
  /// Whether every acquired column holds data and no mask says otherwise, so that the
  /// reconstruction of all the data is a true reference.
  public var isFullySampled: Bool {
    sampledPoints == nil && acquiredColumns.allSatisfy { sampledColumns[$0] }
  }

  /// The axes of which one side is measured less far than the other, as the acquired columns and rows say.
  public var partialFourier: [PartialFourier] {
    [
      PartialFourier(axis: .phaseEncoding, acquired: acquiredColumns, of: columns),
      sampledPoints == nil
        ? PartialFourier(axis: .readout, acquired: acquiredRows, of: rows) : nil,
    ].compactMap { $0 }
  }

  /// What of the scan holds data, as a mask; throws `SamplingMaskError` if nothing does.
  public func samplingMask() throws(SamplingMaskError) -> SamplingMask {
    guard let sampledPoints else {
      return try SamplingMask(columns: sampledColumns, acquired: acquiredColumns)
    }
    return try SamplingMask(
      points: sampledPoints, rows: rows, columns: columns, acquired: acquiredColumns)
  }

  /// Height and width of an image element in millimetres, as the encoded space has them; nil where
  /// the header does not say.
  public var pixelSize: (rows: Double, columns: Double)? {
    guard let space = header.encoded, let height = space.rowExtent, let width = space.columnExtent
    else { return nil }
    return (height / Double(rows), width / Double(columns))
  }

  /// The size of the image at the resolution that was measured, cut from the centre: the header's
  /// reconstructed matrix, and along an axis on which k-space has fewer samples all of these.
  ///
  /// The whole image where the header gives none. In fastMRI's layout, if the k-space has fewer columns than
  /// the header's image, a square of that many columns, as fastMRI does for its "FLAIR_203" files
  /// (fastMRI, `fastmri/data/transforms.py`, `if image.shape[-1] < target_size[1]`). `ImageMatrix` is the
  /// larger image that such a header declares.
  public var imageSize: (rows: Int, columns: Int) {
    guard let space = header.reconstructed else { return (rows, columns) }
    if columns < space.columns, layout == .fastMRI { return (min(rows, columns), columns) }
    return (min(rows, space.rows), min(columns, space.columns))
  }
}
