public import Arrays
import Kernels

/// FISTA: minimises a smooth convex function plus one with a simple proximal map.
///
/// Source: Beck and Teboulle, SIAM J. Imaging Sci. 2:183 (2009).
public struct FISTA: Sendable {
  /// How far each point is extrapolated along the last move.
  public enum Momentum: Sendable, Equatable {
    /// Growing towards 1. With `restarts` it is dropped whenever it points uphill (gradient scheme
    /// of O'Donoghue and Candès, Found. Comput. Math. 15:715 (2015)), which ends the oscillations of
    /// well-conditioned problems.
    case growing(restarts: Bool)
    /// The same share of the last move in every iteration: Nesterov's scheme for strongly convex
    /// functions, whose share (1 − √q) / (1 + √q) suits a condition number 1 / q.
    case constant(Float)
  }

  /// A larger weight of the second function at first: its threshold is multiplied by
  /// max(1, `start` · `decay`^(iteration − 1)).
  ///
  /// Source: fixed-point continuation, Hale, Yin and Zhang, SIAM J. Optim. 19:1107 (2008).
  public struct Continuation: Sendable, Equatable {
    public var start: Float
    public var decay: Float

    public init(start: Float, decay: Float) {
      self.start = start
      self.decay = decay
    }

    func factor(_ iteration: Int) -> Float {
      var factor = start
      for _ in 1..<max(1, iteration) where factor > 1 { factor *= decay }
      return max(1, factor)
    }
  }

  /// The number of iterations, each with one gradient and one proximal map.
  public var iterations: Int
  /// The step size: at most 1 / L for a gradient with Lipschitz constant L.
  public var step: Float
  public var momentum: Momentum
  /// None keeps the weight as it is.
  public var continuation: Continuation?
  /// How many of the last iterates the result is the mean of: more than one where the proximal map
  /// is random, so that the last draw does not show.
  public var averaged: Int

  /// The solver with its settings.
  public init(
    iterations: Int, step: Float, momentum: Momentum = .growing(restarts: true),
    continuation: Continuation? = nil, averaged: Int = 1
  ) {
    self.iterations = iterations
    self.step = step
    self.momentum = momentum
    self.continuation = continuation
    self.averaged = averaged
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
    var last = 1.0
    let averaged = min(averaged, iterations)
    var mean = averaged > 1 ? ComplexArray(zeros: start.shape) : nil
    for iteration in stride(from: 1, through: iterations, by: 1) {
      let value = gradient(point, &slope)
      swap(&solution, &previous)
      combine(point, -step, slope, into: &solution)
      proximal(&solution, step * (continuation?.factor(iteration) ?? 1))
      try report(Step(iteration: iteration, smoothValue: value, solution: solution))
      if iteration > iterations - averaged { mean?.add(1, times: solution) }
      let factor: Float
      switch momentum {
      case .constant(let share): factor = share
      case .growing(let restarts):
        if restarts && uphill(point, solution, previous) > 0 { last = 1 }
        let next = (1 + (1 + 4 * last * last).squareRoot()) / 2
        factor = Float((last - 1) / next)
        last = next
      }
      extrapolate(solution, from: previous, by: factor, into: &point)
    }
    mean?.scale(by: 1 / Float(averaged))
    return mean ?? solution
  }
}

/// `target = x + factor · (x − previous)`.
private func extrapolate(
  _ x: ComplexArray, from previous: ComplexArray, by factor: Float, into target: inout ComplexArray
) {
  let table = image_kernels().pointee
  x.values.withInterleaved { x in
    previous.values.withInterleaved { previous in
      let floats = 2 * target.count
      target.values.withMutableInterleaved { target in
        nonisolated(unsafe) let (x, previous, target) = (x, previous, target)
        forEachPass(floats) { at, count in
          table.extrapolate(count, x + at, previous + at, factor, target + at)
        }
      }
    }
  }
}

/// How far the last move x − previous goes against the step's direction x − point.
private func uphill(_ point: ComplexArray, _ x: ComplexArray, _ previous: ComplexArray) -> Double {
  let table = image_kernels().pointee
  let floats = 2 * x.count
  var sums = [Double](repeating: 0, count: (floats + passFloats - 1) / passFloats)
  sums.withUnsafeMutableBufferPointer { sums in
    point.values.withInterleaved { point in
      x.values.withInterleaved { x in
        previous.values.withInterleaved { previous in
          nonisolated(unsafe) let (point, x, previous, sums) = (point, x, previous, sums)
          forEachPass(floats) { at, count in
            sums[at / passFloats] = table.uphill(count, point + at, x + at, previous + at)
          }
        }
      }
    }
  }
  return sums.reduce(0, +)
}
