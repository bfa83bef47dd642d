import Arrays
import Generators
import Layers
import LinearOperators

/// Latents, and behind them in the vector the weights of the network; a vector without them has the trained
/// ones.
struct AdaptiveModel: GenerativeModel {
  let network: LadderNetwork
  let latents: LatentModel
  let settings: IAGANSettings

  func start(_ index: Int) -> [Float] { latents.start(index) }

  func image(of point: [Float], scale: Float) -> ComplexArray {
    guard point.count > latents.count else { return latents.image(of: point, scale: scale) }
    let adapted = latents.with(network.replacing(parameters: Array(point[latents.count...])))
    return adapted.image(of: Array(point.prefix(latents.count)), scale: scale)
  }

  /// In the last round the weights move too.
  func fit(
    from point: [Float], iterations: Int, to target: FitTarget,
    observe: (Int, Double) throws -> Void
  ) throws -> FittedPoint {
    if target.round < settings.plan.refinements.count {
      return try latents.fit(from: point, iterations: iterations, to: target, observe: observe)
    }
    var values = point
    var parameters = network.parameters
    var (latentMoments, weightMoments) = (
      AdamMoments(count: values.count), AdamMoments(count: parameters.count)
    )
    var gradient = values
    let toParameters = ParameterGradient(count: parameters.count)
    var best = (loss: Double.infinity, point: values + parameters)
    for iteration in 0...iterations {
      let adapted = target.clock.measure("generator") {
        latents.with(network.replacing(parameters: parameters))
      }
      let value = adapted.objective(for: target).value(
        at: values, gradient: &gradient, parameterGradient: toParameters)
      if value.loss < best.loss { best = (value.loss, values + parameters) }
      if iteration == iterations { break }
      latentMoments.update(&values, gradient: gradient, step: step(settings.latentRate))
      target.clock.measure("generator") {
        weightMoments.update(
          &parameters, gradient: toParameters.values, step: step(settings.weightRate))
      }
      try observe(iteration + 1, value.misfit)
    }
    return FittedPoint(point: best.point)
  }

  private func step(_ rate: Float) -> AdamMoments.Step {
    var step = AdamMoments.Step(rate: rate)
    step.beta2 = 0.999
    return step
  }
}

extension LatentModel {
  /// The same latents before a network of other weights.
  func with(_ network: LadderNetwork) -> LatentModel {
    LatentModel(
      network, shape: [latents.frame.rows, latents.frame.columns], levels: levels, stage: stage)
  }
}
