import LinearOperators

/// What the measurements show by themselves: Aᴴ y, or their interpolation, without any prior.
public struct DirectImage: ReconstructionMethod {
  public let name: String
  /// There is nothing to set.
  public let settings: [String: Float] = [:]

  /// The method under a name that says what the image is, such as `adjoint` or `bicubic`.
  public init(name: String) { self.name = name }

  public func reconstruct(
    _ problem: any InverseProblem, report: (ReconstructionProgress) throws -> Void
  ) throws -> Reconstruction {
    Reconstruction(image: problem.direct)
  }
}
