public import Arrays
import Kernels

/// Conjugate gradients for `(A + w) x = b` with a Hermitian, positive semi-definite `A` and a weight
/// `w` of 0 or more, from `x` = 0.
///
/// Stopped early on an ill-conditioned system it regularises: the iterates stay in the Krylov space
/// of `b` and take up the well-determined parts of the solution first. Source: Hestenes and
/// Stiefel, J. Res. NBS 49:409 (1952). Beside `A` an iteration passes over the image three times.
public struct ConjugateGradient: Sendable {
  /// The most iterations, each with one application of `A`.
  public var iterations: Int
  /// Ends the iterations once ‖b − (A + w) x‖ ≤ `tolerance` · ‖b‖.
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
    /// ‖b − (A + w) x‖ / ‖b‖ by the recurrence; not finite if `A` or `b` are not.
    public let residual: Double
    /// The quadratic that `x` minimises, ½ xᴴ(A + w) x − Re xᴴb; it falls with every iteration.
    public let objective: Double
    /// ‖x‖².
    public let squaredNorm: Double
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
  ///   - weight: w.
  ///   - apply: writes `A p` into its second argument.
  ///   - report: called after each iteration; what it throws ends the work.
  /// - Throws: what `report` throws.
  public func solve(
    _ b: ComplexArray, weight: Float = 0,
    applying apply: (ComplexArray, inout ComplexArray) -> Void,
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
      let curvature = curvature(of: direction, &image, weight)
      if curvature <= 0 { break }
      // Divided by infinity the step would be 0, and an overflow would pass for a solution.
      let length = curvature.isFinite ? energy / curvature : .nan
      let norms = descend(Float(length), direction, image, &solution, &residual)
      objective -= length * energy / 2
      try report(
        Step(
          iteration: iteration, residual: (norms.residual / start).squareRoot(),
          objective: objective, squaredNorm: norms.solution, solution: solution))
      if !norms.residual.isFinite { break }
      turn(&direction, Float(norms.residual / energy), towards: residual)
      energy = norms.residual
    }
    return solution
  }
}

/// Adds `weight` · p to `image`; the real pᴴ · image, which is all of it because A is Hermitian.
private func curvature(
  of direction: ComplexArray, _ image: inout ComplexArray, _ weight: Float
) -> Double {
  let table = image_kernels().pointee
  let floats = 2 * direction.count
  var sums = [Double](repeating: 0, count: passes(floats))
  sums.withUnsafeMutableBufferPointer { sums in
    direction.values.withInterleaved { direction in
      image.values.withMutableInterleaved { image in
        nonisolated(unsafe) let (direction, image, sums) = (direction, image, sums)
        forEachPass(floats) { at, count in
          sums[at / passFloats] = table.curvature(count, weight, direction + at, image + at)
        }
      }
    }
  }
  return sums.reduce(0, +)
}

/// `solution += length · direction`, `residual −= length · image`; the squared norms of both.
private func descend(
  _ length: Float, _ direction: ComplexArray, _ image: ComplexArray,
  _ solution: inout ComplexArray, _ residual: inout ComplexArray
) -> (residual: Double, solution: Double) {
  let table = image_kernels().pointee
  let floats = 2 * direction.count
  var sums = [Double](repeating: 0, count: 2 * passes(floats))
  sums.withUnsafeMutableBufferPointer { sums in
    direction.values.withInterleaved { direction in
      image.values.withInterleaved { image in
        solution.values.withMutableInterleaved { solution in
          residual.values.withMutableInterleaved { residual in
            nonisolated(unsafe) let (direction, image, solution, residual, sums) = (
              direction, image, solution, residual, sums.baseAddress
            )
            forEachPass(floats) { at, count in
              guard let sums else { return }
              table.descend(
                count, length, direction + at, image + at, solution + at, residual + at,
                sums + 2 * (at / passFloats))
            }
          }
        }
      }
    }
  }
  let pairs = stride(from: 0, to: sums.count, by: 2)
  return (pairs.reduce(0) { $0 + sums[$1] }, pairs.reduce(0) { $0 + sums[$1 + 1] })
}
