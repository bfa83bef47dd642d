public import Acquisition
public import Arrays
import Numerics

/// The removal of readout oversampling: image rows outside the wanted field of view are cut off.
///
/// Along the fully sampled readout axis (rows): inverse transform, central rows, forward transform,
/// all centred and unitary, so that noise keeps its standard deviation.
/// (ismrmrd/ismrmrd, `utilities/recon_cartesian_2d.cpp`.)
public struct ReadoutCrop: Equatable, Sendable {
  /// The number of rows that come in.
  public let rows: Int
  /// The number of rows that are kept.
  public let keptRows: Int

  /// Keeps the central `keptRows` of `rows`; these must be 1 to `rows`.
  public init(rows: Int, keptRows: Int) {
    guard keptRows >= 1, keptRows <= rows else {
      shapeError("\(keptRows) rows cannot be cropped out of \(rows)")
    }
    self.rows = rows
    self.keptRows = keptRows
  }

  /// The crop that `header` calls for in a k-space of `rows` rows; keeps all of them if the header
  /// does not state an oversampling.
  public init(header: ScanHeader, rows: Int) {
    let kept = Int((Double(rows) / header.readoutOversampling(rows: rows)).rounded())
    self.init(rows: rows, keptRows: min(rows, max(1, kept)))
  }

  /// Crops k-space `[coils, rows, columns]` to `[coils, keptRows, columns]`.
  public func apply(_ kspace: ComplexArray) -> ComplexArray {
    guard kspace.shape.count == 3, kspace.shape[1] == rows else {
      shapeError("a crop of \(rows) rows got a k-space \(kspace.shape)")
    }
    if keptRows == rows { return kspace }
    let (coils, columns) = (kspace.shape[0], kspace.shape[2])
    var hybrid = kspace
    FourierTransform(rows: rows, columns: columns, axes: .rows).inverse(&hybrid)
    // From centre to centre, so that row n / 2 stays the middle one for every pair of parities.
    let first = rows / 2 - keptRows / 2
    var values: [Complex<Float>] = []
    values.reserveCapacity(coils * keptRows * columns)
    for coil in 0..<coils {
      let start = (coil * rows + first) * columns
      values += hybrid.values[start..<start + keptRows * columns]
    }
    var cropped = ComplexArray(shape: [coils, keptRows, columns], values: values)
    FourierTransform(rows: keptRows, columns: columns, axes: .rows).forward(&cropped)
    return cropped
  }
}

/// A scan from which the readout oversampling has been removed.
///
/// Where single points are sampled, rows are no readout, and nothing is removed.
///
/// Its header states the cropped size, so that removing it once more changes nothing.
public struct ReadoutCroppedScan: DerivedScan {
  /// The scan as it is in the file.
  public let source: any Scan
  /// The crop that each slice goes through.
  public let crop: ReadoutCrop
  public let header: ScanHeader

  /// `source` without the oversampling that its header states.
  public init(_ source: any Scan) {
    self.source = source
    crop =
      source.sampledPoints == nil
      ? ReadoutCrop(header: source.header, rows: source.rows)
      : ReadoutCrop(rows: source.rows, keptRows: source.rows)
    var header = source.header
    if crop.keptRows < source.rows {
      header.encoded?.rows = crop.keptRows
      header.encoded?.rowExtent = source.header.reconstructed?.rowExtent
      if header.encoded?.rowExtent == nil {
        // Without extents only equal matrices say that nothing is left to crop.
        header.reconstructed?.rows = crop.keptRows
      }
    }
    self.header = header
  }

  public var rows: Int { crop.keptRows }

  /// The rows whose places in the source's k-space were measured.
  ///
  /// Without the oversampling rows lie further apart; the cut brings a little of the measured ones to those
  /// beyond.
  public var acquiredRows: Range<Int> {
    let all = source.acquiredRows
    if crop.keptRows == crop.rows { return all }
    if all.count == crop.rows { return 0..<crop.keptRows }
    let step = Double(crop.rows) / Double(crop.keptRows)
    let measured = (0..<crop.keptRows).filter { row in
      let place = Double(row - crop.keptRows / 2) * step + Double(crop.rows / 2)
      return place > Double(all.lowerBound) - 0.5 && place < Double(all.upperBound) - 0.5
    }
    guard let first = measured.first, let last = measured.last else { return 0..<crop.keptRows }
    return first..<last + 1
  }

  public func kspace(slice: Int) throws(ScanFileError) -> ComplexArray {
    crop.apply(try source.kspace(slice: slice))
  }
}
