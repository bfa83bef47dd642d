import Arrays
import LinearOperators
public import Optimization

/// Total variation: argmin ½‖A x − y‖² + λ Σ |D x|, isotropic, by FISTA.
///
/// Source: Rudin, Osher and Fatemi, Physica D 60:259 (1992); for MRI Lustig, Donoho and Pauly, MRM
/// 58:1182 (2007). D are the differences down and right, and |·| is the length of a pixel's two
/// complex differences.
///
/// Defaults were chosen on held-out slices; the folder's README.md has the table.
public struct TotalVariation: ReconstructionMethod, Codable {
  public let name = "tv"
  /// The weight λ, in units of the scaled image (the 99th percentile of the zero-filled one is 1).
  public var regularisation: Float
  /// The iterations of FISTA.
  public var iterations: Int
  /// Steps on the dual field in an iteration where λ is 0.005 or less.
  ///
  /// More are taken in proportion where λ is larger; see `steps`.
  public var dualSteps: Int
  public var settings: TotalVariation { self }

  private enum CodingKeys: String, CodingKey {
    case regularisation, iterations, dualSteps
  }

  /// The method with its defaults or other settings.
  public init(regularisation: Float = 0.005, iterations: Int = 30, dualSteps: Int = 10) {
    self.regularisation = regularisation
    self.iterations = iterations
    self.dualSteps = dualSteps
  }

  /// Steps on the dual field in an iteration.
  ///
  /// The field is kept from one iteration to the next, so that the steps need only catch up with what
  /// changed. With too few of them it lags behind, and FISTA's momentum makes that lag a circle that
  /// never ends: on one measured head at λ = 0.02, 10 steps stayed 2 % above the minimum and moved by
  /// 1 % in each iteration, however many. The field's way grows with λ, and so do the steps.
  public var steps: Int {
    let factor = max(1, min(1000, regularisation / 0.005))
    return max(1, Int((Float(dualSteps) * factor).rounded(.up)))
  }

  /// The solver: ‖A‖ ≤ 1 by the normalised maps, so the step 1 is safe.
  public var solver: FISTA {
    FISTA(
      iterations: iterations, step: 1, momentum: .constant(0.9),
      continuation: FISTA.Continuation(start: 16, decay: 0.8))
  }

  public func reconstruct(
    _ problem: ReconstructionProblem, report: (ReconstructionProgress) throws -> Void
  ) throws -> Reconstruction {
    try requireNotNegative(regularisation, "regularisation", of: name)
    try requireNotNegative(Float(dualSteps), "dualSteps", of: name)
    var denoiser = VariationDenoiser(shape: problem.system.domain, steps: steps)
    return try problem.minimise(
      solver, of: name, proximal: { denoiser.apply(&$0, threshold: $1 * regularisation) }, report)
  }
}
