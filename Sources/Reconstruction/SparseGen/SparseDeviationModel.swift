import Arrays
import Generators
import Layers
import LinearOperators
import Numerics

/// Latents, and behind them in the vector a deviation of the image, real and imaginary part in turn; a vector
/// without it has none.
struct SparseDeviationModel: GenerativeModel {
  let latents: LatentModel
  let settings: SparseGenSettings

  func start(_ index: Int) -> [Float] { latents.start(index) }

  func image(of point: [Float], scale: Float) -> ComplexArray {
    var image = latents.image(of: Array(point.prefix(latents.count)), scale: scale)
    image.add(1, times: deviation(in: point, shape: image.shape))
    return image
  }

  /// ν, `[rows, columns]`.
  private func deviation(in point: [Float], shape: [Int]) -> ComplexArray {
    guard point.count > latents.count else { return ComplexArray(zeros: shape) }
    return ComplexArray(
      shape: shape,
      values: stride(from: latents.count, to: point.count, by: 2).map {
        Complex(point[$0], point[$0 + 1])
      })
  }

  func fit(
    from point: [Float], iterations: Int, to target: FitTarget,
    observe: (Int, Double) throws -> Void
  ) throws -> FittedPoint {
    if target.round == 0 {
      return try latents.fit(from: point, iterations: iterations, to: target, observe: observe)
    }
    return try fitTogether(from: point, iterations: iterations, to: target, observe: observe)
  }

  private func fitTogether(
    from point: [Float], iterations: Int, to target: FitTarget,
    observe: (Int, Double) throws -> Void
  ) throws -> FittedPoint {
    let system = target.system
    var values = Array(point.prefix(latents.count))
    var deviation = deviation(in: point, shape: system.domain)
    let weight = sparsity(latents.image(of: values, scale: target.scale), target)
    let objective = latents.objective(for: target)
    var shrinkage = ResidualShrinkage(
      shape: system.domain, drawn: nil, share: 1, seed: settings.seed)
    var moments = AdamMoments(count: values.count)
    var gradient = values
    for iteration in 1...iterations {
      let value = objective.value(at: values, beside: deviation, gradient: &gradient)
      // ‖A‖ ≤ 1, so the step 1 is safe for ν.
      target.clock.measure("residual") {
        deviation.add(-1, times: value.toImage)
        shrinkage.apply(&deviation, threshold: weight)
      }
      moments.update(&values, gradient: gradient, rate: settings.adamRate)
      try observe(iteration, value.misfit)
    }
    // The brightness to which ν was fitted.
    var scale = target.scale
    if target.fitsScale {
      var rest = target.measurements
      rest.add(-1, times: system.forward(deviation))
      scale = bestScale(system.forward(latents.image(of: values, scale: 1)), rest) ?? scale
    }
    let drawn = target.clock.measure("generator") { latents.image(of: values, scale: scale) }
    var image = drawn
    image.add(1, times: deviation)
    var least = target.clock.measure("residual") {
      wavelets(about: drawn).image(
        system, target.measurements, weight: weight, from: image,
        iterations: latents.stage.residualIterations, averaged: latents.stage.residualAveraged)
    }
    least.add(-1, times: drawn)
    return FittedPoint(
      point: values + least.values.flatMap { [$0.real, $0.imaginary] },
      chosen: ["sparsity": Double(weight)])
  }

  /// ILO's residual with all of its weight on what differs from the generator's image.
  private func wavelets(about drawn: ComplexArray) -> WaveletResidual {
    var stage = latents.stage
    stage.sparseShares = [0]
    stage.residualWeights = SparseGenSettings.weights
    return WaveletResidual(settings: stage, drawn: drawn, share: 0)
  }

  /// λ: the setting, or what best predicts a fifth of the measurements about the generator's image.
  ///
  /// That image has seen them, and so they count as explained a little too well.
  private func sparsity(_ drawn: ComplexArray, _ target: FitTarget) -> Float {
    if settings.sparsity > 0 { return settings.sparsity }
    let held = target.problem.heldOut(oneOf: 5, phase: target.phase, seed: settings.seed)
    return target.clock.measure("residual") {
      held.map(wavelets(about: drawn).search)?.choice.weight ?? latents.stage.fallbackWeight
    }
  }
}

extension LatentObjective {
  /// The loss with an image ν `[rows, columns]` added to what the generator draws, without the terms of
  /// present image and origin.
  ///
  /// Writes the gradient with respect to the deviations; `toImage` is Aᴴ (A (s G(ε) + ν) − y).
  func value(
    at point: [Float], beside deviation: ComplexArray, gradient: inout [Float]
  ) -> (loss: Double, misfit: Double, toImage: ComplexArray) {
    let pass = clock.measure("generator") { latents.draw(point) }
    var image = latents.frame.cut(pass.output, scale: fitsScale ? 1 : scale)
    var back = ComplexArray(zeros: system.domain)
    let (half, factor) = clock.measure("operator") {
      if fitsScale {
        var rest = measurements
        rest.add(-1, times: system.forward(deviation))
        return system.dataLoss(scaling: image, to: rest, fallback: scale, into: &back)
      }
      image.add(1, times: deviation)
      return (system.dataLoss(image, measurements: measurements, into: &back), scale)
    }
    let weight = 1 / (scale * scale * settings.misfit * settings.misfit)
    let slopes = clock.measure("generator") {
      latents.generator.backward(
        latents.frame.paste(back, scale: factor * weight, channels: pass.output.channels),
        pass: pass, moving: levels
      ).deviations
    }
    var square = 0.0
    for (range, level) in zip(latents.ranges, slopes) {
      for (index, slope) in zip(range, level.values) {
        gradient[index] = slope + settings.priorWeight * point[index]
        square += Double(point[index]) * Double(point[index])
      }
    }
    return (
      Double(weight) * half + 0.5 * Double(settings.priorWeight) * square, 2 * half, back
    )
  }
}
