import Arrays
public import Generators
import LinearOperators

/// Image-adaptive generation: latents as `csgm` finds them, then latents and the generator's weights are
/// fitted together to the measurements of the one image.
///
/// The loss is that of `csgm` in both parts, ‖A s G_θ(ε) − y‖² / (2 s² σ²) + ½ v ‖ε‖²; the weights θ start
/// from the trained ones and are kept near them by the small number of steps alone. They are given back
/// after the image: the method has no memory. Source: Abu Hussein, Tirer and Giryes, AAAI 2020, and
/// shadyabh/IAGAN. Other than theirs are
/// - fewer starts and iterations, the penalty on the latents, and rounds that take the phase anew;
/// - the rates of the second part, set for the ladder;
/// - no back-projection at the end, which would take noise for truth; their option for measurements
///   without noise;
/// - scale, phase and coil maps, as for `csgm`.
public struct IAGAN: ReconstructionMethod {
  public let name = "iagan"
  private let network: LadderNetwork
  public let settings: IAGANSettings

  /// The method with a trained network.
  ///
  /// Throws `ReconstructionError.settings` if the settings do not fit it.
  public init(
    weights: WeightsFile, settings: IAGANSettings = IAGANSettings()
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
      model: AdaptiveModel(
        network: network,
        latents: LatentModel(
          network, shape: problem.system.domain, levels: settings.start.levels,
          stage: settings.start.stage),
        settings: settings),
      plan: settings.plan, report: report)
  }
}
