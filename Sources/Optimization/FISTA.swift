public import Arrays

/// FISTA: minimises a smooth convex function plus one with a simple proximal map.
///
/// Source: Beck and Teboulle, SIAM J. Imaging Sci. 2:183 (2009). With `restarts` the momentum is
/// dropped whenever it points uphill (gradient scheme of O'Donoghue and Candès, Found. Comput.
/// Math. 15:715 (2015)), which ends the oscillations of well-conditioned problems.
public struct FISTA: Sendable {
  /// The number of iterations, each with one gradient and one proximal map.
  public var iterations: Int
  /// The step size: at most 1 / L for a gradient with Lipschitz constant L.
  public var step: Float
  /// Whether momentum that points uphill is dropped.
  public var restarts: Bool

  /// The solver with its settings.
  public init(iterations: Int, step: Float, restarts: Bool = true) {
    self.iterations = iterations
    self.step = step
    self.restarts = restarts
  }

  /// The state after an iteration.
  public struct Step {
    /// The number of iterations done, from 1.
    public let iteration: Int
    /// The smooth function where its gradient was taken: at the extrapolated point before the step.
    public let smoothValue: Double
    /// The present `x`, of the shape of the start.
    public let solution: ComplexArray
  }

  /// The approximate minimiser, of the shape of `start`.
  ///
  /// - Parameters:
  ///   - start: the first point.
  ///   - gradient: writes the smooth function's gradient at its first argument into its second and
  ///     returns the function's value there.
  ///   - proximal: replaces v by argmin ½‖x − v‖² + t·g(x), where t is its second argument.
  ///   - report: called after each iteration; what it throws ends the work.
  /// - Throws: what `report` throws.
  public func minimise(
    from start: ComplexArray, gradient: (ComplexArray, inout ComplexArray) -> Double,
    proximal: (inout ComplexArray, Float) -> Void, report: (Step) throws -> Void
  ) rethrows -> ComplexArray {
    var solution = start
    var previous = ComplexArray(zeros: start.shape)
    var point = start
    var slope = ComplexArray(zeros: start.shape)
    var momentum = 1.0
    for iteration in stride(from: 1, through: iterations, by: 1) {
      let value = gradient(point, &slope)
      swap(&solution, &previous)
      combine(point, -step, slope, into: &solution)
      proximal(&solution, step)
      try report(Step(iteration: iteration, smoothValue: value, solution: solution))
      if restarts && isUphill(point, solution, previous) { momentum = 1 }
      let next = (1 + (1 + 4 * momentum * momentum).squareRoot()) / 2
      extrapolate(solution, from: previous, by: Float((momentum - 1) / next), into: &point)
      momentum = next
    }
    return solution
  }
}

/// `target = a + factor · b`.
private func combine(
  _ a: ComplexArray, _ factor: Float, _ b: ComplexArray, into target: inout ComplexArray
) {
  let floats = 2 * a.count
  a.values.withInterleaved { a in
    b.values.withInterleaved { b in
      target.values.withMutableInterleaved { target in
        for index in 0..<floats { target[index] = a[index] + factor * b[index] }
      }
    }
  }
}

/// `target = x + factor · (x − previous)`.
private func extrapolate(
  _ x: ComplexArray, from previous: ComplexArray, by factor: Float, into target: inout ComplexArray
) {
  let floats = 2 * x.count
  x.values.withInterleaved { x in
    previous.values.withInterleaved { previous in
      target.values.withMutableInterleaved { target in
        for index in 0..<floats { target[index] = x[index] + factor * (x[index] - previous[index]) }
      }
    }
  }
}

/// Whether the last move x − previous goes against the step's direction, x − point.
private func isUphill(_ point: ComplexArray, _ x: ComplexArray, _ previous: ComplexArray) -> Bool {
  let floats = 2 * x.count
  return point.values.withInterleaved { point in
    x.values.withInterleaved { x in
      previous.values.withInterleaved { previous in
        var sum = 0.0
        for index in 0..<floats {
          sum += Double(point[index] - x[index]) * Double(x[index] - previous[index])
        }
        return sum > 0
      }
    }
  }
}
