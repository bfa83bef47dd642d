import Arrays
public import Generators
import LinearOperators

/// SparseGen: the image is one that the generator draws plus a deviation that is sparse in wavelets, both
/// fitted together.
///
/// ½‖A (s G(ε) + ν) − y‖² + λ‖W ν‖₁ + s² σ² ½ v ‖ε‖² is minimised over the latents ε and the deviation ν, an
/// image: first over ε alone, then over both at once. Source: Dhar, Grover and Ermon, ICML 2018, and
/// ermongroup/sparse_gen. Other than theirs are
/// - the step of ν, a proximal one beside Adam's of ε, where they let Adam follow the sign of W ν: so
///   coefficients become zero, not small; at the end of a round ν is brought to its minimum for that ε;
/// - W, Haar wavelets under random shifts, those of ILO's residual, which this is but for ε's moving along;
/// - λ, chosen from the measurements (`SparseGenSettings.sparsity`);
/// - ν is not clipped, and the last image is the answer, not the one of least loss;
/// - fewer starts and iterations; scale, phase and coil maps are as for `csgm`.
public struct SparseGen: ReconstructionMethod {
  public let name = "sparse-gen"
  private let network: LadderNetwork
  public let settings: SparseGenSettings

  /// The method with a trained network.
  ///
  /// Throws `ReconstructionError.settings` if the settings do not fit it.
  public init(
    weights: WeightsFile, settings: SparseGenSettings = SparseGenSettings()
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
      model: SparseDeviationModel(
        latents: LatentModel(
          network, shape: problem.system.domain, levels: settings.levels, stage: settings.stage),
        settings: settings),
      plan: settings.plan, report: report)
  }
}
