import Arrays

/// What seeds a random mask.
public enum MaskSeed: Sendable, Equatable, Hashable {
  /// The code points of a scan's file name without its folder: fastMRI's rule, by which all slices
  /// of a volume share one mask and a renamed file gets another.
  case fileName(String)
  /// A number, as in `numpy.random.RandomState(seed)`.
  case integer(UInt32)

  func generator() throws(SamplingMaskError) -> MersenneTwister {
    switch self {
    case .fileName(let name):
      if name.isEmpty { throw .emptySeed }
      return MersenneTwister(codePointsOf: name)
    case .integer(let seed): return MersenneTwister(seed: seed)
    }
  }
}
