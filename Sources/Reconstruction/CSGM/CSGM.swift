import Arrays
public import Generators
import LinearOperators

/// Compressed sensing using generative models: the image is one that the generator draws, and its
/// latents are what the measurements tell.
///
/// ‖A s G(ε) − y‖² / (2 s² σ²) + ½ v ‖ε‖² is minimised over the latents of all levels, or of the coarser
/// ones, at once: from the prior's mean and from draws of it, and the start that ends with the least
/// misfit of the measurements is kept. Source: Bora, Jalal, Price and Dimakis, ICML 2017; defaults as
/// `CSGMSettings` says. Coil maps, scale and phase are those of ILO, which differs by its encoder, its
/// stages, its balls and its residual: what ILO gains over this is what they gain.
public struct CSGM: ReconstructionMethod {
  public let name = "csgm"
  private let network: LadderNetwork
  public let settings: CSGMSettings

  /// The method with a trained network.
  ///
  /// Throws `ReconstructionError.settings` if the settings do not fit it.
  public init(
    weights: WeightsFile, settings: CSGMSettings = CSGMSettings()
  ) throws(ReconstructionError) {
    try weights.requireGenerator(for: name)
    if let fault = settings.fault(levels: weights.architecture.levels) {
      throw .settings(method: name, reason: fault)
    }
    network = weights.network
    self.settings = settings
  }

  public func reconstruct(
    _ problem: any InverseProblem, report: (ReconstructionProgress) throws -> Void
  ) throws -> Reconstruction {
    try GenerativeFit.reconstruction(
      of: problem, by: name,
      model: LatentModel(
        network, shape: problem.system.domain, levels: settings.levels, stage: settings.stage),
      plan: settings.plan, report: report)
  }
}
