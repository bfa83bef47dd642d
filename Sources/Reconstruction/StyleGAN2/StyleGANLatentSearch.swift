import Arrays
public import Generators
import LinearOperators

/// Compressed sensing using generative models with a StyleGAN2: the latent z whose image explains the
/// measurements best.
///
/// Mean |s A G(z) − y|² / s² + v ‖z‖² by Adam from draws of z, of which the one of least misfit is kept.
/// Source: Bora, Jalal, Price and Dimakis, ICML 2017; defaults are theirs for CelebA
/// (AshishBora/csgm:quant_scripts/celebA_reconstruction.sh). Noises are the constant ones of the weights. Scale, phase and coil maps are as
/// for `csgm`.
public struct StyleGANLatentSearch: ReconstructionMethod {
  /// The settings of the search.
  public struct Settings: Sendable, Equatable, Codable {
    /// Draws that are started from (the authors: 2, or 10 with a weight of the prior).
    public var starts = 2
    /// Iterations from each start, and in each further round.
    public var iterations = 500
    /// Rounds: in each after the first the phase is taken anew from the image.
    public var rounds = 1
    public var rate: Float = 0.1
    /// The weight v of ‖z‖².
    public var priorWeight: Float = 0.001
    /// Whether the brightness is fitted with the rest, by least squares.
    public var fitsScale = true
    public var seed: UInt64 = 1

    public init() {}

    /// About so many evaluations of the loss make an image.
    public var evaluations: Int { (starts + rounds - 1) * iterations }
  }

  public let name = "stylegan2-csgm"
  public let settings: Settings
  private let weights: StyleGANWeights
  private let generator: StyleGANGenerator

  /// Throws `ReconstructionError.settings` if the settings are out of range.
  public init(
    weights: StyleGANWeights, settings: Settings = Settings()
  ) throws(ReconstructionError) {
    guard settings.starts >= 1, settings.iterations >= 1, settings.rounds >= 1, settings.rate > 0,
      settings.rate.isFinite, settings.priorWeight >= 0, settings.priorWeight.isFinite
    else {
      throw .settings(
        method: name, reason: "a number of starts or iterations, a rate or a weight is out of range"
      )
    }
    (self.weights, self.settings) = (weights, settings)
    generator = weights.generator
  }

  public func reconstruct(
    _ problem: any InverseProblem, report: (ReconstructionProgress) throws -> Void
  ) throws -> Reconstruction {
    let variables = StyleGANVariables(
      generator: generator, latents: .latent, movingNoises: 0,
      fixedNoises: generator.constantNoises, statistics: nil)
    return try GenerativeFit.reconstruction(
      of: problem, by: name,
      model: SearchModel(
        variables: variables,
        images: try StyleGANImages(weights, shape: problem.system.domain, method: name),
        settings: settings),
      plan: FitPlan(
        starts: settings.starts, iterations: settings.iterations, rounds: settings.rounds,
        fitsScale: settings.fitsScale, seed: settings.seed), report: report)
  }
}

private struct SearchModel: StyleGANModel {
  let variables: StyleGANVariables
  let images: StyleGANImages
  let settings: StyleGANLatentSearch.Settings

  func start(_ index: Int) -> [Float] {
    normal(at: variables.latentRanges, seed: settings.seed, start: index)
  }

  func startName(_ index: Int) -> String { "from draw \(index + 1)" }

  func fit(
    from point: [Float], iterations: Int, to target: FitTarget,
    observe: (Int, Double) throws -> Void
  ) throws -> FittedPoint {
    let rate = settings.rate
    var descent = AdamDescent(objective: objective(target), rate: { _ in rate })
    let weight = 2 * settings.priorWeight
    descent.addGradient = { point, _, gradient in
      for index in point.indices.dropFirst() { gradient[index] += weight * point[index] }
    }
    return FittedPoint(
      point: try descent.run(from: point, iterations: iterations, observe: observe))
  }
}
