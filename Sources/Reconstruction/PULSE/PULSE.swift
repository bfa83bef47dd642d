import Arrays
public import Generators
import LinearOperators
import Layers
import Optimization

/// PULSE: the image is one that the generator draws of latents on a sphere, where nearly all of the prior's
/// mass is.
///
/// The mean squared misfit of the measurements is lowered by Adam from a draw of the prior; after every step
/// each level's deviations, n values, are brought back to the sphere of radius √n. The rate goes up and
/// down as `PULSESettings.rateFactor` says. Source: Menon, Damian, Hu, Ravi and Rudin, CVPR 2020, and
/// adamian98/pulse. Other than theirs are
/// - the loss, which is that of any linear operator and not of down-sampling faces alone;
/// - no term `geocross`: it keeps the 18 latents of StyleGAN's layers near each other on the sphere, and a
///   level of the ladder has one latent, of its own shape, that no other can be compared with;
/// - spheres of radius √n and not of a draw's own norm, from which it differs by a few in a thousand;
/// - all levels' deviations on spheres, where they leave most noise maps as they were drawn;
/// - an image whatever the misfit: theirs is refused above a floor. Here the record has the misfit;
/// - several draws, and rounds that take the phase anew; scale, phase and coil maps are as for `csgm`.
public struct PULSE: ReconstructionMethod {
  public let name = "pulse"
  private let network: LadderNetwork
  public let settings: PULSESettings

  /// The method with a trained network.
  ///
  /// Throws `ReconstructionError.settings` if the settings do not fit it.
  public init(
    weights: WeightsFile, settings: PULSESettings = PULSESettings()
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
      model: SphereModel(
        latents: LatentModel(
          network, shape: problem.system.domain, levels: settings.levels, stage: settings.stage),
        settings: settings),
      plan: settings.plan, report: report)
  }
}

/// Latents on spheres, one for each level.
struct SphereModel: GenerativeModel {
  let latents: LatentModel
  let settings: PULSESettings

  /// A draw of the prior, on the spheres.
  func start(_ index: Int) -> [Float] {
    var point = latents.start(index + 1)
    project(&point)
    return point
  }

  func startName(_ index: Int) -> String { "from draw \(index + 1)" }

  func image(of point: [Float], scale: Float) -> ComplexArray {
    latents.image(of: point, scale: scale)
  }

  /// The point of least misfit on the way.
  func fit(
    from point: [Float], iterations: Int, to target: FitTarget,
    observe: (Int, Double) throws -> Void
  ) throws -> FittedPoint {
    let objective = latents.objective(for: target)
    let floor = leastMisfit(target)
    var moments = AdamMoments(count: point.count)
    var gradient = [Float](repeating: 0, count: point.count)
    var point = point
    var best = (misfit: Double.infinity, point: point)
    for iteration in 0...iterations {
      let misfit = objective.value(at: point, gradient: &gradient).misfit
      if misfit < best.misfit { best = (misfit, point) }
      if iteration == iterations { break }
      if misfit < floor { for index in gradient.indices { gradient[index] = 0 } }
      var step = AdamMoments.Step(
        rate: settings.rate * PULSESettings.rateFactor(iteration, of: iterations))
      step.beta2 = 0.999
      moments.update(&point, gradient: gradient, step: step)
      project(&point)
      try observe(iteration + 1, misfit)
    }
    return FittedPoint(point: best.point)
  }

  /// ‖A x − y‖² below which there is nothing to gain.
  private func leastMisfit(_ target: FitTarget) -> Double {
    let square = Double(settings.floor * settings.floor * target.scale * target.scale)
    let noise = Double(target.problem.statedNoise ?? 0)
    return max(square, noise * noise) * Double(target.measurements.count)
  }

  /// Moves each level's values along their ray to the sphere of radius √n.
  func project(_ point: inout [Float]) {
    for range in latents.latents.ranges.prefix(latents.levels) {
      let square = point[range].reduce(0.0) { $0 + Double($1) * Double($1) }
      guard square > 0 else { continue }
      let factor = Float((Double(range.count) / square).squareRoot())
      for index in range { point[index] *= factor }
    }
  }
}
