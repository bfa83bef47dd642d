import LinearOperators

/// The coil-combined image of the sampled columns with zeros for the rest: Aᴴ y.
///
/// What every other method starts from and must improve on.
public struct ZeroFilled: ReconstructionMethod {
  public let name = "zero-filled"
  /// There is nothing to set.
  public let settings: [String: Float] = [:]

  public var usesMapSets: Bool { true }

  public init() {}

  public func reconstruct(
    _ problem: any InverseProblem, report: (ReconstructionProgress) throws -> Void
  ) throws -> Reconstruction {
    Reconstruction(image: problem.combined(problem.direct))
  }
}
