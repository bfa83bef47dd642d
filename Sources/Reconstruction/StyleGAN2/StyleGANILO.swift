import Arrays
public import Generators
import LinearOperators
import Optimization

/// Intermediate layer optimisation as its authors have it, with a StyleGAN2.
///
/// Whitened latents of all layers and the first noises move; in stage k, from 1 on, so do the features that
/// level k reads, from where the stage before led. After every step latents and noises go back to the norms
/// that they had when the stage began, and, if asked for, features, noises and latents to l1 balls about
/// where they were then. Source: Daras, Dean, Jalal and Dimakis, ICML 2021; giannisdaras/ilo:ilo_stylegan.py,
/// configs/config.yaml, whose defaults these are. Other than theirs are the loss, the measurements' mean squared
/// misfit alone (no LPIPS, which needs the whole image), the image that the coarser levels drew, which is kept
/// and not dropped, so that a stage begins where the last one ended, and `StyleSpread`, which they mean for the first stage
/// and apply to latents, as here. Scale, phase and coil maps are as for `csgm`.
///
/// `ILO` is what mri-ilo is about; this is for generators that others trained.
public struct StyleGANILO: ReconstructionMethod {
  /// The settings of ILO.
  public struct Settings: Sendable, Equatable, Codable {
    /// Iterations of each stage, from stage 0 on; those beyond the generator's levels are left out.
    public var steps = [50, 50, 25, 25]
    /// Rounds: in each after the first the phase is taken anew from the image and the last stage goes on.
    public var rounds = 1
    /// Adam's greatest rate.
    public var rate: Float = 0.1
    /// The weight of the spread of the latents in stage 0.
    public var spreadWeight = 0.01
    /// Whether latents and noises keep their norms.
    public var keepsNorms = true
    /// The l1 radii of each stage's features, noises and latents; empty for no balls (the authors' default).
    public var featureRadii: [Double] = []
    public var noiseRadii: [Double] = []
    public var latentRadii: [Double] = []
    /// Whether the brightness is fitted with the rest, by least squares.
    public var fitsScale = true
    public var seed: UInt64 = 1

    public init() {}

    /// About so many evaluations of the loss make an image.
    public var evaluations: Int { steps.reduce(0, +) + (rounds - 1) * (steps.last ?? 0) }
  }

  public let name = "stylegan2-ilo"
  public let settings: Settings
  private let weights: StyleGANWeights
  private let generator: StyleGANGenerator
  private let statistics: StyleStatistics

  /// Throws `ReconstructionError.settings` if the settings do not fit the generator.
  public init(
    weights: StyleGANWeights, settings: Settings = Settings()
  ) throws(ReconstructionError) {
    var settings = settings
    let levels = weights.architecture.levels
    settings.steps = Array(settings.steps.prefix(levels))
    guard !settings.steps.isEmpty else {
      throw .settings(method: name, reason: "steps is empty; give the iterations of each stage")
    }
    let radii = [settings.featureRadii, settings.noiseRadii, settings.latentRadii]
    guard radii.allSatisfy({ $0.isEmpty || $0.count == settings.steps.count }),
      radii.joined().allSatisfy({ $0 >= 0 && $0.isFinite })
    else {
      throw .settings(
        method: name,
        reason: "radii are needed for each of the \(settings.steps.count) stages, or none")
    }
    guard settings.steps.allSatisfy({ $0 >= 1 }), settings.rounds >= 1, settings.rate > 0,
      settings.rate.isFinite, settings.spreadWeight >= 0, settings.spreadWeight.isFinite
    else {
      throw .settings(
        method: name, reason: "a number of iterations, a rate or a weight is out of range")
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
      generator: generator, latents: .whitened,
      // The first 5 + 2 k in stage k: all that any stage moves stand in the vector.
      movingNoises: min(noises.count, 3 + 2 * settings.steps.count), fixedNoises: noises,
      statistics: statistics)
    var plan = FitPlan(
      starts: 1, iterations: settings.steps.reduce(0, +), rounds: settings.rounds,
      fitsScale: settings.fitsScale, seed: settings.seed)
    plan.refinements = plan.refinements.map { _ in settings.steps[settings.steps.count - 1] }
    return try GenerativeFit.reconstruction(
      of: problem, by: name,
      model: StageModel(
        variables: variables,
        images: try StyleGANImages(weights, shape: problem.system.domain, method: name),
        settings: settings), plan: plan, report: report)
  }
}

private struct StageModel: StyleGANModel {
  let variables: StyleGANVariables
  let images: StyleGANImages
  let settings: StyleGANILO.Settings

  func start(_ index: Int) -> [Float] {
    normal(
      at: variables.latentRanges + variables.noiseRanges, seed: settings.seed, start: index)
  }

  func startName(_ index: Int) -> String { "stages" }

  func fit(
    from point: [Float], iterations: Int, to target: FitTarget,
    observe: (Int, Double) throws -> Void
  ) throws -> FittedPoint {
    var point = point
    var done = 0
    let last = settings.steps.count - 1
    for stage in (target.round == 0 ? 0 : last)...last {
      if stage > 0, variables.level(of: point) != stage {
        point = variables.cut(point, before: stage)
      }
      let before = done
      point = try descent(stage, from: point, target).run(
        from: point, iterations: settings.steps[stage]
      ) {
        try observe(before + $0, $1)
      }
      done += settings.steps[stage]
    }
    return FittedPoint(point: point)
  }

  private func descent(
    _ stage: Int, from start: [Float], _ target: FitTarget
  ) -> AdamDescent<StyleGANObjective> {
    let settings = settings
    var descent = AdamDescent(
      objective: objective(target),
      rate: { settings.rate * RateSchedule.warm($0, down: 0.75) })
    let latents = variables.latentRanges
    let moving = Array(variables.noiseRanges.prefix(5 + 2 * stage))
    let still = variables.noiseRanges.dropFirst(5 + 2 * stage)
    descent.addGradient = { point, _, gradient in
      for index in still.joined() { gradient[index] = 0 }
      if stage > 0 || settings.spreadWeight == 0 { return }
      let spread = StyleSpread.value(latents.map { Array(point[$0]) })
      for (range, slope) in zip(latents, spread.gradients) {
        for (index, value) in zip(range, slope) {
          gradient[index] += Float(settings.spreadWeight * value)
        }
      }
    }
    let spheres = Spheres(start, ranges: settings.keepsNorms ? latents + moving : [])
    let balls =
      Balls(
        start, [variables.featureRange(level: variables.level(of: start))],
        radius: stage > 0 ? settings.featureRadii.isEmpty ? nil : settings.featureRadii[stage] : nil
      )
      + Balls(start, moving, radius: settings.noiseRadii.isEmpty ? nil : settings.noiseRadii[stage])
      + Balls(
        start, latents, radius: settings.latentRadii.isEmpty ? nil : settings.latentRadii[stage])
    descent.project = { point in
      spheres.project(&point)
      balls.project(&point)
    }
    return descent
  }
}

/// l1 balls about parts of the point that a stage starts from.
private struct Balls {
  private var parts: [(range: Range<Int>, centre: [Float], ball: L1Ball)]

  init(_ start: [Float], _ ranges: [Range<Int>], radius: Double?) {
    parts =
      radius.map { radius in
        ranges.filter { !$0.isEmpty }.map { ($0, Array(start[$0]), L1Ball(radius: radius)) }
      } ?? []
  }

  static func + (first: Balls, second: Balls) -> Balls {
    var all = first
    all.parts += second.parts
    return all
  }

  func project(_ point: inout [Float]) {
    for part in parts {
      var away = zip(point[part.range], part.centre).map { $0 - $1 }
      away.withUnsafeMutableBufferPointer { part.ball.project($0) }
      for (index, (centre, value)) in zip(part.range, zip(part.centre, away)) {
        point[index] = centre + value
      }
    }
  }
}
