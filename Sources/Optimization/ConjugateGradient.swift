public import Arrays
import Numerics

/// Conjugate gradients for `A x = b` with a Hermitian, positive semi-definite `A`, from `x` = 0.
///
/// Stopped early on an ill-conditioned system it regularises: the iterates stay in the Krylov space
/// of `b` and take up the well-determined parts of the solution first. Source: Hestenes and
/// Stiefel, J. Res. NBS 49:409 (1952).
public struct ConjugateGradient: Sendable {
  /// The most iterations, each with one application of `A`.
  public var iterations: Int
  /// Ends the iterations once ‖b − A x‖ ≤ `tolerance` · ‖b‖.
  public var tolerance: Double

  /// The solver with its stop rule.
  public init(iterations: Int, tolerance: Double = 0) {
    self.iterations = iterations
    self.tolerance = tolerance
  }

  /// The state after an iteration.
  public struct Step {
    /// The number of iterations done, from 1.
    public let iteration: Int
    /// ‖b − A x‖ / ‖b‖ by the recurrence; not finite if `A` or `b` are not.
    public let residual: Double
    /// The quadratic that `x` minimises, ½ xᴴA x − Re xᴴb; it falls with every iteration.
    public let objective: Double
    /// The present `x`, of the shape of `b`.
    public let solution: ComplexArray
  }

  /// The approximate solution `x`, of the shape of `b`.
  ///
  /// Also ends where the search direction has no curvature left (`b` reached as far as `A` allows)
  /// and at values that are not finite, which the last `Step` shows.
  ///
  /// - Parameters:
  ///   - b: the right-hand side.
  ///   - apply: writes `A p` into its second argument.
  ///   - report: called after each iteration; what it throws ends the work.
  /// - Throws: what `report` throws.
  public func solve(
    _ b: ComplexArray, applying apply: (ComplexArray, inout ComplexArray) -> Void,
    report: (Step) throws -> Void
  ) rethrows -> ComplexArray {
    var solution = ComplexArray(zeros: b.shape)
    var residual = b
    var direction = b
    var image = ComplexArray(zeros: b.shape)
    let start = b.squaredNorm
    var energy = start
    var objective = 0.0
    for iteration in stride(from: 1, through: iterations, by: 1) {
      if energy <= tolerance * tolerance * start { break }
      apply(direction, &image)
      // Real, because A is Hermitian.
      let curvature = direction.innerProduct(image).real
      if curvature <= 0 { break }
      let length = energy / curvature
      solution.add(Float(length), times: direction)
      residual.add(Float(-length), times: image)
      let newEnergy = residual.squaredNorm
      objective -= length * energy / 2
      try report(
        Step(
          iteration: iteration, residual: (newEnergy / start).squareRoot(), objective: objective,
          solution: solution))
      if !newEnergy.isFinite { break }
      direction.scale(by: Float(newEnergy / energy))
      direction.add(1, times: residual)
      energy = newEnergy
    }
    return solution
  }
}
