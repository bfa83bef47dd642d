import Arrays
public import Generators
import LinearOperators

/// PULSE with a StyleGAN2: a whitened latent for each layer, kept on its sphere, and the first noises.
///
/// 100 max(mean squared misfit, floor) + 0.05 · the spread of the layers' styles (`StyleSpread`) by Adam,
/// with the rate of `PULSESettings.rateFactor`; after every step each latent and each noise goes back to
/// the norm that it started with. Source: Menon et al., CVPR 2020; adamian98/pulse:PULSE.py, loss.py, run.py, whose
/// defaults these are. Other than theirs are the loss, which is that of any linear operator, the
/// generator, for which theirs is StyleGAN's first, and an image whatever the misfit: theirs is refused above the
/// floor. Here the record has the misfit. Scale, phase and coil maps are as for `csgm`.
public struct StyleGANPULSE: ReconstructionMethod {
  /// The settings of PULSE.
  public struct Settings: Sendable, Equatable, Codable {
    /// Draws that are started from, of which the one of least misfit goes on (the authors: 1).
    public var starts = 1
    public var iterations = 100
    /// Rounds: in each after the first the phase is taken anew from the image.
    public var rounds = 1
    /// Adam's greatest rate.
    public var rate: Float = 0.4
    /// The mean squared misfit, in units of the generator's image, below which there is nothing to gain;
    /// the noise, where that is known and more.
    public var floor = 2e-3
    public var misfitWeight: Float = 100
    public var spreadWeight = 0.05
    /// How many noises move, from the coarsest on; the finest is zero and the others stay as drawn.
    public var movingNoises = 5
    /// Whether the brightness is fitted with the rest, by least squares.
    public var fitsScale = true
    public var seed: UInt64 = 1

    public init() {}

    /// About so many evaluations of the loss make an image.
    public var evaluations: Int { (starts + rounds - 1) * iterations }
  }

  public let name = "stylegan2-pulse"
  public let settings: Settings
  private let weights: StyleGANWeights
  private let generator: StyleGANGenerator
  private let statistics: StyleStatistics

  /// Throws `ReconstructionError.settings` if the settings are out of range.
  public init(
    weights: StyleGANWeights, settings: Settings = Settings()
  ) throws(ReconstructionError) {
    guard settings.starts >= 1, settings.iterations >= 1, settings.rounds >= 1, settings.rate > 0,
      settings.rate.isFinite, settings.floor >= 0, settings.misfitWeight > 0,
      settings.misfitWeight.isFinite, settings.spreadWeight >= 0, settings.spreadWeight.isFinite,
      settings.movingNoises >= 0
    else {
      throw .settings(
        method: name,
        reason: "a number of starts, iterations or noises, a rate or a weight is out of range")
    }
    (self.weights, self.settings) = (weights, settings)
    generator = weights.generator
    statistics = StyleStatistics(generator)
  }

  public func reconstruct(
    _ problem: any InverseProblem, report: (ReconstructionProgress) throws -> Void
  ) throws -> Reconstruction {
    var noises: [[Float]?] = generator.architecture.normalNoises(seed: settings.seed)
    noises[noises.count - 1] = nil
    let variables = StyleGANVariables(
      generator: generator, latents: .whitened,
      movingNoises: min(settings.movingNoises, noises.count - 1), fixedNoises: noises,
      statistics: statistics)
    return try GenerativeFit.reconstruction(
      of: problem, by: name,
      model: SphereSearchModel(
        variables: variables,
        images: try StyleGANImages(weights, shape: problem.system.domain, method: name),
        settings: settings, statistics: statistics),
      plan: FitPlan(
        starts: settings.starts, iterations: settings.iterations, rounds: settings.rounds,
        fitsScale: settings.fitsScale, seed: settings.seed), report: report)
  }
}

private struct SphereSearchModel: StyleGANModel {
  let variables: StyleGANVariables
  let images: StyleGANImages
  let settings: StyleGANPULSE.Settings
  let statistics: StyleStatistics

  func start(_ index: Int) -> [Float] {
    normal(
      at: variables.latentRanges + variables.noiseRanges, seed: settings.seed, start: index)
  }

  func startName(_ index: Int) -> String { "from draw \(index + 1)" }

  func fit(
    from point: [Float], iterations: Int, to target: FitTarget,
    observe: (Int, Double) throws -> Void
  ) throws -> FittedPoint {
    let settings = settings
    var descent = AdamDescent(
      objective: objective(target),
      rate: {
        settings.rate
          * PULSESettings.rateFactor(Int($0 * Double(iterations) + 0.5), of: iterations)
      })
    let noise = Double((target.problem.statedNoise ?? 0) / target.scale)
    descent.floor = max(settings.floor, noise * noise)
    let (ranges, statistics) = (variables.latentRanges, statistics)
    descent.addGradient = { point, inputs, gradient in
      for index in gradient.indices { gradient[index] *= settings.misfitWeight }
      let spread = StyleSpread.value(inputs.styles)
      for (range, slope) in zip(ranges, spread.gradients) {
        let back = statistics.gradient(slope, atWhitened: Array(point[range]))
        for (index, value) in zip(range, back) {
          gradient[index] += Float(settings.spreadWeight * value)
        }
      }
    }
    let spheres = Spheres(point, ranges: ranges + variables.noiseRanges)
    descent.project = spheres.project
    return FittedPoint(
      point: try descent.run(from: point, iterations: iterations, observe: observe))
  }
}

/// Parts of a vector that keep their norms.
struct Spheres {
  private let parts: [(range: Range<Int>, norm: Double)]

  init(_ point: [Float], ranges: [Range<Int>]) {
    parts = ranges.map { ($0, Self.norm(point[$0])) }
  }

  func project(_ point: inout [Float]) {
    for (range, norm) in parts {
      let now = Self.norm(point[range])
      guard now > 0 else { continue }
      let factor = Float(norm / now)
      for index in range { point[index] *= factor }
    }
  }

  private static func norm(_ values: ArraySlice<Float>) -> Double {
    values.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
  }
}
