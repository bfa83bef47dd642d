import Arrays

/// The families of sampling masks.
///
/// Those of columns are fastMRI's, by the names that fastMRI gives them, and given the same seed they are the
/// same to the last column (fastMRI:fastmri/data/subsample.py). Those of points are for a plane across
/// the readout, in which both axes are phase-encoded.
public enum MaskPattern: String, Sendable, CaseIterable, Codable {
  case random
  case equispaced
  case equispacedFraction = "equispaced_fraction"
  case magic
  case magicFraction = "magic_fraction"
  /// Points of variable density that keep a distance from each other; see `poissonDiscPoints`.
  case poissonDisc = "poisson"
  /// Points of a density that is a Gaussian about the centre; see `gaussianPoints`.
  case gaussian
  /// A sheared lattice, as of CAIPIRINHA; see `caipiPoints`.
  case caipi
  /// Spokes through the centre, on the grid; see `radialPoints`.
  case radial
  /// The centre of the plane alone, as a scan of a lower resolution samples it; see `lowResolutionPoints`.
  case lowResolution = "low_resolution"

  /// The pattern named `name`; an unknown name throws an error that lists the known ones.
  public init(named name: String) throws(SamplingMaskError) {
    guard let pattern = MaskPattern(rawValue: name) else { throw .unknownPattern(name) }
    self = pattern
  }

  /// Whether it samples single points and not whole columns.
  public var isOfPoints: Bool {
    switch self {
    case .random, .equispaced, .equispacedFraction, .magic, .magicFraction: false
    case .poissonDisc, .gaussian, .caipi, .radial, .lowResolution: true
    }
  }

  /// The patterns of columns.
  public static var ofColumns: [MaskPattern] { allCases.filter { !$0.isOfPoints } }

  /// The side of the calibration square that patterns of points get, in samples: that of BART's `poisson`
  /// and ESPIRiT's calibration.
  public static let customaryCalibrationSide = 24

  /// The customary centre fraction for an acceleration.
  ///
  /// Of columns, 4x with 0.08 and 8x with 0.04 are the pairs of the fastMRI paper and leaderboards
  /// (arXiv:1811.08839). Other factors have no standard; the two pairs lie on 0.32 / acceleration,
  /// which is continued here (2x 0.16, 12x 0.027, 16x 0.02) and kept at 0.32 at most. Of the points of a
  /// plane `[rows, columns]` those of a square of `customaryCalibrationSide`, but at most half of what the
  /// acceleration allows.
  public func customaryCenterFraction(acceleration: Double, rows: Int, columns: Int) -> Double {
    guard isOfPoints else { return Self.customaryCenterFraction(acceleration: acceleration) }
    let square = Self.customaryCalibrationSide * Self.customaryCalibrationSide
    return min(Double(square) / Double(max(1, rows * columns)), 0.5 / acceleration)
  }

  /// The customary centre fraction of the patterns of columns.
  public static func customaryCenterFraction(acceleration: Double) -> Double {
    min(0.32, 0.32 / acceleration)
  }
}

extension SamplingMask {
  /// The mask that `pattern` draws for these settings.
  ///
  /// - Parameters:
  ///   - rows: rows of k-space, which patterns of columns do not look at.
  ///   - columns: columns of k-space, padding included, as fastMRI counts them.
  ///   - acceleration: the asked factor; the achieved one is `acceleration` of the result.
  ///   - centerFraction: the fraction of the columns, or of the points of the plane, in the calibration
  ///     block, between 0 and 1.
  ///   - acquired: the columns that the scan measured (all when nil); others are cleared after
  ///     the draw.
  ///
  /// Throws `SamplingMaskError` for settings that give an empty or meaningless mask.
  public init(
    pattern: MaskPattern, rows: Int, columns: Int, acceleration: Double, centerFraction: Double,
    seed: MaskSeed, acquired: Range<Int>? = nil
  ) throws(SamplingMaskError) {
    guard pattern.isOfPoints else {
      try self.init(
        pattern: pattern, columns: columns, acceleration: acceleration,
        centerFraction: centerFraction, seed: seed, acquired: acquired)
      return
    }
    let request = try PointMaskRequest(
      pattern: pattern, rows: rows, columns: columns, acceleration: acceleration,
      centerFraction: centerFraction)
    var generator = try seed.generator()
    let points =
      switch pattern {
      case .poissonDisc: try request.poissonDiscPoints(&generator)
      case .gaussian: request.gaussianPoints(&generator)
      case .caipi: try request.caipiPoints(&generator)
      case .lowResolution: request.lowResolutionPoints()
      default: request.radialPoints(&generator)
      }
    try self.init(points: points, rows: rows, columns: columns, acquired: acquired)
  }

  /// The mask of columns that fastMRI draws for these settings; see the other form.
  ///
  /// Throws `SamplingMaskError` for settings that fastMRI would turn into an empty or meaningless
  /// mask, and for a pattern of points.
  public init(
    pattern: MaskPattern, columns: Int, acceleration: Double, centerFraction: Double,
    seed: MaskSeed, acquired: Range<Int>? = nil
  ) throws(SamplingMaskError) {
    let request = try MaskRequest(
      pattern: pattern, columns: columns, acceleration: acceleration,
      centerFraction: centerFraction)
    var generator = try seed.generator()
    var sampled =
      switch pattern {
      case .random: try request.randomColumns(&generator)
      case .equispaced: try request.equispacedColumns(&generator)
      case .equispacedFraction: try request.equispacedFractionColumns(&generator)
      case .magic: try request.magicColumns(&generator)
      case .magicFraction: try request.magicFractionColumns(&generator)
      case .poissonDisc, .gaussian, .caipi, .radial, .lowResolution: throw .needsPlane(pattern)
      }
    for column in request.centerBlock(of: request.calibrationLines(for: pattern)) {
      sampled[column] = true
    }
    try self.init(columns: sampled, acquired: acquired)
  }
}
