import Arrays
public import Generators
import LinearOperators

/// StyleGAN2's projector: the style w and the noises whose image explains the measurements best.
///
/// From the mean style and random noises, by Adam, with noise added to w that fades out, a term that keeps
/// the noises free of structure, and noises brought back to mean 0 and mean square 1 after every step.
/// Source: Karras et al., CVPR 2020, section 5; NVlabs/stylegan2-ada-pytorch:projector.py, whose defaults
/// these are. Other than theirs is the loss: the measurements' mean squared misfit in place of the distance
/// of a network's features (LPIPS), which needs the whole image. With `isExtended` each layer has a style of
/// its own (w+; Abdal, Qin and Wonka, ICCV 2019). Scale, phase and coil maps are as for `csgm`.
public struct StyleGANProjector: ReconstructionMethod {
  /// The settings of the projector.
  public struct Settings: Sendable, Equatable, Codable {
    /// Whether every layer has its own style.
    public var isExtended: Bool
    public var iterations = 1000
    /// Rounds: in each after the first the phase is taken anew from the image.
    public var rounds = 1
    /// Adam's greatest rate.
    public var rate: Float = 0.1
    /// The noise on w at first, in units of the styles' deviation, and the share of the way that it lasts.
    public var styleNoise: Float = 0.05
    public var styleNoiseShare = 0.75
    /// The weight of the term on the noises' structure.
    public var noiseWeight = 1e5
    /// Whether the noises move.
    public var movesNoises = true
    /// Whether the brightness is fitted with the rest, by least squares.
    public var fitsScale = true
    public var seed: UInt64 = 1

    public init(isExtended: Bool = false) { self.isExtended = isExtended }

    /// About so many evaluations of the loss make an image.
    public var evaluations: Int { rounds * iterations }
  }

  public var name: String { settings.isExtended ? "stylegan2-wplus" : "stylegan2-projector" }
  public let settings: Settings
  private let weights: StyleGANWeights
  private let generator: StyleGANGenerator
  private let statistics: StyleStatistics

  /// Throws `ReconstructionError.settings` if the settings are out of range.
  public init(
    weights: StyleGANWeights, settings: Settings = Settings()
  ) throws(ReconstructionError) {
    guard settings.iterations >= 1, settings.rounds >= 1, settings.rate > 0, settings.rate.isFinite,
      settings.styleNoise >= 0, settings.styleNoise.isFinite, settings.styleNoiseShare > 0,
      settings.noiseWeight >= 0, settings.noiseWeight.isFinite
    else {
      throw .settings(
        method: settings.isExtended ? "stylegan2-wplus" : "stylegan2-projector",
        reason: "a number of iterations, a rate, a share or a weight is out of range")
    }
    (self.weights, self.settings) = (weights, settings)
    generator = weights.generator
    statistics = StyleStatistics(generator)
  }

  public func reconstruct(
    _ problem: any InverseProblem, report: (ReconstructionProgress) throws -> Void
  ) throws -> Reconstruction {
    let noises = generator.architecture.normalNoises(seed: settings.seed)
    let variables = StyleGANVariables(
      generator: generator, latents: settings.isExtended ? .styles : .style,
      movingNoises: settings.movesNoises ? noises.count : 0, fixedNoises: noises, statistics: nil)
    return try GenerativeFit.reconstruction(
      of: problem, by: name,
      model: ProjectorModel(
        variables: variables,
        images: try StyleGANImages(weights, shape: problem.system.domain, method: name),
        settings: settings, noises: noises, deviation: statistics.deviation),
      plan: FitPlan(
        starts: 1, iterations: settings.iterations, rounds: settings.rounds,
        fitsScale: settings.fitsScale, seed: settings.seed), report: report)
  }
}

private struct ProjectorModel: StyleGANModel {
  let variables: StyleGANVariables
  let images: StyleGANImages
  let settings: StyleGANProjector.Settings
  let noises: [[Float]]
  let deviation: Float

  func start(_ index: Int) -> [Float] {
    var point = [Float](repeating: 0, count: variables.baseCount)
    for range in variables.latentRanges {
      point.replaceSubrange(range, with: variables.generator.meanStyle)
    }
    for (range, noise) in zip(variables.noiseRanges, noises) {
      point.replaceSubrange(range, with: noise)
    }
    return point
  }

  func startName(_ index: Int) -> String { "from the mean style" }

  func fit(
    from point: [Float], iterations: Int, to target: FitTarget,
    observe: (Int, Double) throws -> Void
  ) throws -> FittedPoint {
    let settings = settings
    var descent = AdamDescent(
      objective: objective(target),
      rate: { settings.rate * RateSchedule.warm($0, down: 0.25) })
    let latents = variables.latentRanges
    let stream = RandomStream(seed: settings.seed).split(stream: UInt64(1000 + target.round))
    let size = deviation * settings.styleNoise
    descent.perturb = { share, point in
      let fade = Float(max(0, 1 - share / settings.styleNoiseShare))
      if size * fade == 0 { return point }
      var random = stream.split(stream: UInt64(share * Double(iterations) + 0.5))
      var moved = point
      for index in latents.joined() { moved[index] += size * fade * fade * random.normal() }
      return moved
    }
    let noises = zip(variables.noiseRanges, variables.generator.architecture.noiseSizes).map {
      ($0, NoiseWhiteness(rows: $1.rows, columns: $1.columns))
    }
    descent.addGradient = { point, _, gradient in
      for (range, whiteness) in noises {
        _ = whiteness.add(point[range], weight: settings.noiseWeight, to: &gradient[range])
      }
    }
    descent.project = { point in
      for (range, _) in noises { Self.normalize(&point[range]) }
    }
    // Noise on w makes the misfit of a step that of no point.
    descent.keepsBest = false
    return FittedPoint(
      point: try descent.run(from: point, iterations: iterations, observe: observe))
  }

  /// To mean 0 and mean square 1.
  private static func normalize(_ noise: inout ArraySlice<Float>) {
    let count = Double(noise.count)
    let mean = noise.reduce(0.0) { $0 + Double($1) } / count
    let square = noise.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / count
    guard square > 0 else { return }
    let factor = 1 / square.squareRoot()
    for index in noise.indices { noise[index] = Float((Double(noise[index]) - mean) * factor) }
  }
}
