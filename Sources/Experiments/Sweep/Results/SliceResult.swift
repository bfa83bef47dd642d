/// What one method gave for one slice in one region: a row of `results.csv`.
public struct SliceResult: Sendable, Equatable {
  /// Under which conditions a slice was reconstructed; all slices of a job share it.
  public struct Condition: Sendable, Hashable {
    /// The data set's name.
    public var dataset: String
    /// `measured`, or `simulated` where k-space was made from images.
    public var data: String
    /// The scan's name in the data set.
    public var scan: String
    /// The patient's pseudonym; statistics resample patients.
    public var patient: String
    public var anatomy: String
    public var contrast: String
    /// The mask pattern.
    public var mask: String
    /// The asked acceleration.
    public var acceleration: Double
    /// Acquired columns over sampled ones.
    public var achievedAcceleration: Double
    public var centerFraction: Double
    /// The unbroken block of sampled columns in the centre.
    public var acsLines: Int
    /// The seed of the mask: a number, or a file's name as in fastMRI.
    public var seed: String
    /// The method's label in the protocol.
    public var method: String
    /// The name of the job's result file.
    public var job: String
  }

  public var condition: Condition
  /// The slice in the file, from 0.
  public var slice: Int
  /// `image`, `foreground` or `box:` with the label of a marked region.
  public var region: String
  /// The pixels of the region.
  public var pixels: Int
  /// The maximum of the reference over the scan's slices.
  public var dataRange: Double
  /// The sum over the region of the squared differences, in the units of the file squared.
  public var squaredError: Double
  /// The sum over the region of the squared reference.
  public var referenceEnergy: Double
  /// The metrics by name; those that do not exist in the region are missing.
  public var metrics: [String: Double]

  public init(
    condition: Condition, slice: Int, region: String, pixels: Int, dataRange: Double,
    squaredError: Double, referenceEnergy: Double, metrics: [String: Double]
  ) {
    self.condition = condition
    self.slice = slice
    self.region = region
    self.pixels = pixels
    self.dataRange = dataRange
    self.squaredError = squaredError
    self.referenceEnergy = referenceEnergy
    self.metrics = metrics
  }
}
