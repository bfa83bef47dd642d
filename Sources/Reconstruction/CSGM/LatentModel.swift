import Arrays
import Generators
import LinearOperators

/// The latents of the coarsest levels: what CSGM moves.
struct LatentModel: GenerativeModel {
  let latents: LatentSpace
  /// The number of levels that move.
  let levels: Int
  /// Misfit, weight of the prior, what minimises, and the seed of the starts.
  let stage: ILOSettings

  /// The latents of the `levels` coarsest levels, or of all if it is 0, for images of `shape`
  /// `[rows, columns]`.
  init(_ network: LadderNetwork, shape: [Int], levels: Int, stage: ILOSettings) {
    latents = LatentSpace(
      generator: network.generator,
      frame: ImageFrame(shape: shape, factor: network.architecture.coarsestFactor))
    self.levels = levels == 0 ? network.architecture.levels : levels
    self.stage = stage
  }

  /// The length of the vector.
  var count: Int { latents.ranges[levels - 1].upperBound }

  /// Zeros, or a draw of the prior.
  func start(_ index: Int) -> [Float] {
    if index == 0 { return [Float](repeating: 0, count: count) }
    var random = RandomStream(seed: stage.seed).split(stream: UInt64(index))
    return (0..<count).map { _ in random.normal() }
  }

  func image(of point: [Float], scale: Float) -> ComplexArray {
    latents.frame.cut(latents.draw(point).output, scale: scale)
  }

  func fit(
    from point: [Float], iterations: Int, to target: FitTarget,
    observe: (Int, Double) throws -> Void
  ) throws -> FittedPoint {
    FittedPoint(
      point: try LatentStage(objective: objective(for: target), settings: stage, radii: []).run(
        from: point, iterations: iterations, observe: observe))
  }

  /// The loss of CSGM, whose misfit is no less than the noise where that is known.
  func objective(for target: FitTarget) -> LatentObjective {
    var settings = stage
    settings.misfit = target.misfit(atLeast: stage.misfit)
    return LatentObjective(
      latents: latents, system: target.system, measurements: target.measurements,
      image: ComplexArray(zeros: target.system.domain), origin: nil, levels: levels,
      scale: target.scale, settings: settings, penaltyRadii: nil, clock: target.clock,
      fitsScale: target.fitsScale)
  }
}
