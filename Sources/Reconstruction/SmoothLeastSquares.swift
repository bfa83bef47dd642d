public import Arrays
import LinearOperators
import Optimization

/// Least squares with a weight on the gradient: argmin ½‖A x − y‖² + ½λ‖D x‖², by conjugate gradients.
///
/// The linear method for any operator: for in-painting it interpolates, for noise it smooths, for blur it
/// is Tikhonov's deconvolution. Source: Tikhonov, Soviet Math. Dokl. 4:1035 (1963), of first order. D are the
/// differences of `FiniteDifferenceOperator`.
public struct SmoothLeastSquares: WeightedMethod, Codable {
  public let name = "tikhonov"
  /// The weight λ: small against 1, because ‖A‖ ≤ 1.
  public var regularisation: RegularisationWeight
  /// The most iterations of conjugate gradients.
  public var iterations: Int
  public var settings: SmoothLeastSquares { self }

  public static let standardWeight: Float = 0.01
  public static let weights = WeightLadder(largest: 20.48, ratio: 0.25, rungs: 10)
  static let tolerance = 1e-4

  private enum CodingKeys: String, CodingKey {
    case regularisation, iterations
  }

  /// The method with its defaults or other settings.
  public init(
    regularisation: RegularisationWeight = .fixed(standardWeight), iterations: Int = 200
  ) {
    (self.regularisation, self.iterations) = (regularisation, iterations)
  }

  public var account: [String] {
    [
      "stopping: after \(iterations) iterations, or once the residual of the normal equations is "
        + "\(Self.tolerance) of its first value"
    ]
  }

  /// Starts from 0 whatever `start` is, as a limit on the iterations means something only from there.
  public func image(
    of problem: any InverseProblem, weight: Float, from start: ComplexArray?,
    report: (ReconstructionProgress) throws -> Void
  ) throws -> ComplexArray {
    let energy = problem.measurements.squaredNorm
    let image = try Self.solve(
      problem.system, problem.measurements, weight: weight, iterations: iterations
    ) { step in
      // ‖A x − y‖² = ‖y‖² + 2 objective − λ‖D x‖², of which the last is small.
      let misfit = max(0, energy + 2 * step.objective) / energy
      try report(
        ReconstructionProgress(
          stage: "conjugate gradients", fraction: Double(step.iteration) / Double(iterations),
          misfit: misfit.squareRoot()))
    }
    try requireFinite(image, of: name)
    return image
  }

  /// The minimiser for an operator and its measurements.
  static func solve(
    _ system: any LinearOperator, _ measurements: ComplexArray, weight: Float, iterations: Int,
    report: (ConjugateGradient.Step) throws -> Void
  ) rethrows -> ComplexArray {
    let differences = FiniteDifferenceOperator(shape: system.domain)
    var roughness = ComplexArray(zeros: system.domain)
    return try ConjugateGradient(iterations: iterations, tolerance: tolerance).solve(
      system.adjoint(measurements),
      applying: { x, y in
        system.normal(x, into: &y)
        differences.normal(x, into: &roughness)
        y.add(weight, times: roughness)
      }, report: report)
  }
}
