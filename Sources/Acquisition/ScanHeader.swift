/// What a scan's header says about how the k-space was taken and how the image is meant.
///
/// Every part is optional, for many files lack some of it. Sizes are those of the ISMRMRD header:
/// its axis x is the readout (rows here), y the phase encoding (columns), z the partitions.
public struct ScanHeader: Equatable, Sendable {
  /// A matrix and its field of view.
  public struct Space: Equatable, Sendable {
    /// Samples along the readout (ISMRMRD x).
    public var rows: Int
    /// Samples along the phase encoding (ISMRMRD y).
    public var columns: Int
    /// Samples along the second phase encoding (ISMRMRD z), 1 for two-dimensional scans.
    public var partitions: Int
    /// The extents in millimetres in the same order; nil where the header gives none.
    public var rowExtent, columnExtent, partitionExtent: Double?

    /// A space of the given sizes; extents in millimetres.
    public init(
      rows: Int, columns: Int, partitions: Int = 1, rowExtent: Double? = nil,
      columnExtent: Double? = nil, partitionExtent: Double? = nil
    ) {
      self.rows = rows
      self.columns = columns
      self.partitions = partitions
      self.rowExtent = rowExtent
      self.columnExtent = columnExtent
      self.partitionExtent = partitionExtent
    }
  }

  /// The space in which k-space was sampled.
  public var encoded: Space?
  /// The space of the image that the scanner would have given.
  public var reconstructed: Space?
  /// The centre of `kspace_encoding_step_1`: which acquired line crosses the k-space centre.
  public var phaseEncodingCentre: Int?
  /// The maximum of `kspace_encoding_step_1`: the number of lines of the full scan less one.
  public var phaseEncodingMaximum: Int?
  /// Which `encoding` element of the header was used, from 0.
  public var encodingIndex: Int
  /// How many `encoding` elements the header holds; 0 without a header.
  public var encodingCount: Int
  /// The patient's pseudonym (fastMRI attribute `patient_id`).
  public var patient: String?
  /// The kind of scan, such as `AXT2` (fastMRI attribute `acquisition`).
  public var acquisition: String?
  /// Times and angles of the sequence.
  public var sequence = Sequence()
  /// The resonance frequency of protons in hertz (`H1resonanceFrequency_Hz`).
  public var resonanceFrequency: Int?
  /// The strength of the main field in tesla (`systemFieldStrength_T`).
  public var fieldStrength: Double?
  /// The time from sample to sample in microseconds, as raw data state it.
  public var sampleTime: Double?
  /// Whom the scan is of; written to no file unless that is asked for.
  public var subject: Subject?

  /// A header of the given parts; with none it says nothing.
  public init(
    encoded: Space? = nil, reconstructed: Space? = nil, phaseEncodingCentre: Int? = nil,
    phaseEncodingMaximum: Int? = nil, encodingIndex: Int = 0, encodingCount: Int = 0,
    patient: String? = nil, acquisition: String? = nil
  ) {
    self.encoded = encoded
    self.reconstructed = reconstructed
    self.phaseEncodingCentre = phaseEncodingCentre
    self.phaseEncodingMaximum = phaseEncodingMaximum
    self.encodingIndex = encodingIndex
    self.encodingCount = encodingCount
    self.patient = patient
    self.acquisition = acquisition
  }

  /// The first acquired column: columns before it are padding (fastMRI `padding_left`).
  ///
  /// `encoded.columns / 2 - centre` (fastMRI, `fastmri/data/mri_data.py`).
  public var paddingLeft: Int? {
    guard let encoded, let phaseEncodingCentre else { return nil }
    return encoded.columns / 2 - phaseEncodingCentre
  }

  /// The first column after the acquired ones (fastMRI `padding_right`).
  ///
  /// `padding_left + maximum + 1` (fastMRI, `fastmri/data/mri_data.py`).
  public var paddingRight: Int? {
    guard let paddingLeft, let phaseEncodingMaximum else { return nil }
    return paddingLeft + phaseEncodingMaximum + 1
  }

  /// The columns of a k-space with `columns` columns that the scanner acquired.
  ///
  /// All of them if the header says nothing, speaks of another number of columns, or contradicts
  /// itself.
  public func acquiredColumns(of columns: Int) -> Range<Int> {
    guard let left = paddingLeft, let right = paddingRight, encoded?.columns == columns else {
      return 0..<columns
    }
    let lower = max(0, left)
    let upper = min(columns, right)
    return lower < upper ? lower..<upper : 0..<columns
  }

  /// How many times the readout of `rows` samples is oversampled; 1 if the header gives no reason
  /// to think that it is.
  ///
  /// The ratio of the encoded to the reconstructed extent; of the matrices only where extents are
  /// missing, because a larger image matrix may also mean interpolation. A k-space with more rows
  /// than the encoded matrix is sampled more densely by that ratio (some converters state the
  /// matrix after cropping). The factor 2 is common but not the rule: nothing is assumed.
  public func readoutOversampling(rows: Int) -> Double {
    guard let encoded, let reconstructed, encoded.rows > 0, reconstructed.rows > 0 else { return 1 }
    let density = Double(rows) / Double(encoded.rows)
    let extent: Double
    if let outer = encoded.rowExtent, let inner = reconstructed.rowExtent, outer > 0, inner > 0 {
      extent = outer / inner
    } else {
      extent = Double(encoded.rows) / Double(reconstructed.rows)
    }
    return max(1, extent * density)
  }
}
