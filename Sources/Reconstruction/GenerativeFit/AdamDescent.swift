import Layers
import Numerics

/// Adam along a schedule of rates, with what a method adds to loss and steps.
struct AdamDescent<Objective: MisfitObjective> {
  let objective: Objective
  /// The rate at a share of the way.
  let rate: (Double) -> Float
  /// What is added to the point before the loss is taken, and to the gradient after it.
  var perturb: (Double, [Float]) -> [Float] = { $1 }
  var addGradient: ([Float], Objective.Inputs, inout [Float]) -> Void = { _, _, _ in }
  /// What brings a point back to where it may be.
  var project: (inout [Float]) -> Void = { _ in }
  /// The mean squared misfit below which there is nothing to gain.
  var floor = 0.0
  /// Whether the point of least misfit is kept, or the last one.
  var keepsBest = true

  /// The point found from `start`.
  func run(
    from start: [Float], iterations: Int, observe: (Int, Double) throws -> Void
  ) rethrows -> [Float] {
    var point = start
    var moments = AdamMoments(count: point.count)
    var best = (misfit: Double.infinity, point: point)
    for iteration in 0..<iterations {
      let share = Double(iteration) / Double(iterations)
      let at = perturb(share, point)
      let value = objective.value(at: at)
      if value.misfit < best.misfit { best = (value.misfit, point) }
      var gradient = value.gradient
      if value.loss < floor { for index in gradient.indices { gradient[index] = 0 } }
      addGradient(at, value.inputs, &gradient)
      var step = AdamMoments.Step(rate: rate(share))
      step.beta2 = 0.999
      moments.update(&point, gradient: gradient, step: step)
      project(&point)
      try observe(iteration + 1, value.misfit)
    }
    if !keepsBest { return point }
    return objective.value(at: point).misfit < best.misfit ? point : best.point
  }
}

/// Rates along the way, as shares of the greatest one.
enum RateSchedule {
  /// Up over the first twentieth, down as a cosine over the last `down` of the way.
  ///
  /// A quarter for StyleGAN2's projector (NVlabs/stylegan2-ada-pytorch:projector.py), three quarters for ILO
  /// (giannisdaras/ilo:ilo_stylegan.py).
  static func warm(_ share: Double, down: Double) -> Float {
    let fall = min(1, (1 - share) / down)
    return Float(min(1, share / 0.05) * (0.5 - 0.5 * cosine(.pi * fall)))
  }

  private static func cosine(_ x: Double) -> Double { Double.cos(x) }
}
