import Layers
import Optimization

/// One stage: the deviations of levels 0 … k are moved to lower the loss, inside their l1 balls.
struct LatentStage {
  let objective: LatentObjective
  let settings: ILOSettings
  /// The largest sum of absolute values of each level.
  let radii: [Double]

  /// The point of least loss found from `start` in a number of iterations.
  ///
  /// - Parameter observe: gets the iterations done and ‖A s G − y‖²; what it throws ends the work.
  func run(
    from start: [Float], iterations: Int, observe: (Int, Double) throws -> Void
  ) rethrows -> [Float] {
    switch settings.optimizer {
    case .lbfgs:
      var misfit = 0.0
      return try LBFGS().minimise(
        from: start, iterations: iterations,
        project: settings.constraint == .ball ? { project(&$0) } : nil,
        observe: { try observe($0.iteration, misfit) },
        objective: { point, gradient in
          let value = objective.value(at: point, gradient: &gradient)
          misfit = value.misfit
          return value.loss
        }
      ).point
    case .adam:
      return try adam(from: start, iterations: iterations, observe: observe)
    }
  }

  private func adam(
    from start: [Float], iterations: Int, observe: (Int, Double) throws -> Void
  ) rethrows -> [Float] {
    var moments = AdamMoments(count: start.count)
    var gradient = [Float](repeating: 0, count: start.count)
    var point = start
    var best = (loss: Double.infinity, point: start)
    for iteration in 0...iterations {
      let value = objective.value(at: point, gradient: &gradient)
      if value.loss < best.loss { best = (value.loss, point) }
      if iteration == iterations { break }
      moments.update(&point, gradient: gradient, rate: settings.adamRate)
      if settings.constraint == .ball { project(&point) }
      try observe(iteration + 1, value.misfit)
    }
    return best.point
  }

  private func project(_ point: inout [Float]) {
    point.withUnsafeMutableBufferPointer { all in
      for (range, radius) in zip(objective.latents.ranges.prefix(objective.levels), radii) {
        L1Ball(radius: radius).project(UnsafeMutableBufferPointer(rebasing: all[range]))
      }
    }
  }
}
