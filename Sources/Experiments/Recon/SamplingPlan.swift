public import Acquisition
import Foundation
public import ScanFiles

/// The mask that a scan is reconstructed with, and how it came about.
public struct SamplingPlan: Sendable {
  /// A mask to be drawn over a fully sampled scan.
  public struct Request: Sendable {
    public var pattern: MaskPattern
    public var acceleration: Double
    /// The customary one for the acceleration when nil.
    public var centerFraction: Double?
    /// The name of the scan's file, as fastMRI does, when nil.
    public var seed: UInt32?

    public init(
      pattern: MaskPattern = .random, acceleration: Double, centerFraction: Double? = nil,
      seed: UInt32? = nil
    ) {
      self.pattern = pattern
      self.acceleration = acceleration
      self.centerFraction = centerFraction
      self.seed = seed
    }
  }

  /// Where a mask comes from.
  public enum Source: Sendable {
    /// The scan as it is.
    case scan
    case drawn(Request)
    /// A file that `MaskFile` reads.
    case file(String)
  }

  /// The sampled columns or points.
  public let mask: SamplingMask
  /// A pattern's name, `stored` for the sampling of an undersampled file, `full` for all of it, `file` for a
  /// mask that was brought.
  public let name: String
  /// The path of a mask that was brought.
  public let file: String?
  /// What was asked for; nil where the file is taken as it is.
  public let request: Request?
  /// The fraction of the columns, or points, in the calibration block; nil where the file is taken as it is.
  public let centerFraction: Double?
  /// What seeded the mask: a number or a file name; nil where nothing was drawn.
  public let seed: String?

  /// Draws or reads the asked mask over `scan`, or takes the scan as it is.
  ///
  /// Throws `ExperimentError` if a mask is asked for and the scan is undersampled already: a second
  /// mask over the first would be of no pattern, and few calibration lines would be left. Throws
  /// `SamplingMaskError` for settings that give no usable mask, and `ScanFileError` for a file that holds none
  /// for this scan.
  public init(scan: any Scan, source: Source) throws {
    // A mask of points is one of the matrix that is reconstructed, without the readout's oversampling.
    let scan = ReadoutCroppedScan(scan)
    switch source {
    case .scan:
      self.init(mask: try scan.samplingMask(), name: scan.isFullySampled ? "full" : "stored")
    case .file(let path): try self.init(file: path, over: scan)
    case .drawn(let request): try self.init(request, over: scan)
    }
  }

  private init(mask: SamplingMask, name: String, file: String? = nil) {
    (self.mask, self.name, self.file) = (mask, name, file)
    (request, centerFraction, seed) = (nil, nil, nil)
  }

  private init(file path: String, over scan: ReadoutCroppedScan) throws {
    try Self.requireFullySampled(scan, cure: "leave out --mask")
    let mask = try MaskFile(contentsOf: path)
      .mask(rows: scan.rows, columns: scan.columns, acquired: scan.acquiredColumns)
    guard mask.calibrationColumns.count > 1 else {
      throw ExperimentError(
        "\(path): the mask samples no block around the centre of k-space, from which coil maps come; "
          + "give one with some ACS lines")
    }
    self.init(mask: mask, name: "file", file: path)
  }

  private static func requireFullySampled(_ scan: ReadoutCroppedScan, cure: String) throws {
    guard !scan.isFullySampled else { return }
    let stored = try scan.samplingMask()
    throw ExperimentError(
      "\(scan.file): the scan is already undersampled (\(Self.text(stored.acceleration))x); "
        + "\(cure) to reconstruct it as it is")
  }

  private init(_ request: Request, over scan: ReadoutCroppedScan) throws {
    try Self.requireFullySampled(scan, cure: "leave out --accel")
    let fileName = URL(fileURLWithPath: scan.file).lastPathComponent
    let fraction =
      request.centerFraction
      ?? request.pattern.customaryCenterFraction(
        acceleration: max(1, request.acceleration), rows: scan.rows, columns: scan.columns)
    if request.centerFraction == nil, !request.pattern.isOfPoints,
      Double(scan.columns) * fraction <= 0.5
    {
      // The error about the centre fraction would speak of a number that nobody gave.
      throw ExperimentError(
        "an acceleration of \(Self.text(request.acceleration)) leaves no calibration line of "
          + "\(scan.columns) columns at the customary centre fraction; lower it or give "
          + "--center-fraction")
    }
    mask = try SamplingMask(
      pattern: request.pattern, rows: scan.rows, columns: scan.columns,
      acceleration: request.acceleration, centerFraction: fraction,
      seed: request.seed.map(MaskSeed.integer) ?? .fileName(fileName),
      acquired: scan.acquiredColumns)
    (self.request, name, file) = (request, request.pattern.rawValue, nil)
    centerFraction = fraction
    seed = request.seed.map(String.init) ?? fileName
  }

  /// Asked and achieved acceleration and the size of the calibration block.
  public var text: String {
    let achieved = "\(Self.text(mask.acceleration))x"
    let asked = request.map { "asked \(Self.text($0.acceleration))x, achieved \(achieved)" }
    let other =
      file.map { "\($0), \(achieved)" }
      ?? (name == "full" ? "fully sampled" : "as stored, \(achieved)")
    return (asked ?? other)
      + ", \(calibrationText)"
  }

  /// Such as `17 ACS lines`, or `24 × 24 ACS points`.
  private var calibrationText: String {
    let lines = mask.calibrationColumns.count
    return mask.calibrationRows.map { "\($0.count) × \(lines) ACS points" } ?? "\(lines) ACS lines"
  }

  static func text(_ acceleration: Double) -> String {
    acceleration == acceleration.rounded() && abs(acceleration) < 1e9
      ? String(Int(acceleration)) : String(format: "%.2f", acceleration)
  }
}
