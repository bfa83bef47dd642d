import Arrays

/// The one-dimensional mask families of fastMRI, by the names fastMRI gives them.
///
/// Source of every rule: fastMRI:fastmri/data/subsample.py. Given the same seed the masks are the
/// same to the last column.
public enum MaskPattern: String, Sendable, CaseIterable, Codable {
  case random
  case equispaced
  case equispacedFraction = "equispaced_fraction"
  case magic
  case magicFraction = "magic_fraction"

  /// The pattern named `name`; an unknown name throws an error that lists the known ones.
  public init(named name: String) throws(SamplingMaskError) {
    guard let pattern = MaskPattern(rawValue: name) else { throw .unknownPattern(name) }
    self = pattern
  }

  /// The customary centre fraction for an acceleration.
  ///
  /// 4x with 0.08 and 8x with 0.04 are the pairs of the fastMRI paper and leaderboards
  /// (arXiv:1811.08839). Other factors have no standard; the two pairs lie on 0.32 / acceleration,
  /// which is continued here (2x 0.16, 12x 0.027, 16x 0.02) and kept at 0.32 at most.
  public static func customaryCenterFraction(acceleration: Double) -> Double {
    min(0.32, 0.32 / acceleration)
  }
}

extension SamplingMask {
  /// The mask that fastMRI draws for these settings.
  ///
  /// - Parameters:
  ///   - columns: columns of k-space, padding included, as fastMRI counts them.
  ///   - acceleration: the asked factor; the achieved one is `acceleration` of the result.
  ///   - centerFraction: the fraction of the columns in the calibration block, between 0 and 1.
  ///   - acquired: the columns that the scan measured (all when nil); others are cleared after
  ///     the draw.
  ///
  /// Throws `SamplingMaskError` for settings that fastMRI would turn into an empty or meaningless
  /// mask.
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
      }
    for column in request.centerBlock(of: request.calibrationLines(for: pattern)) {
      sampled[column] = true
    }
    try self.init(columns: sampled, acquired: acquired)
  }
}
