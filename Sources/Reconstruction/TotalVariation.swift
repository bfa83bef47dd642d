public import Arrays
import LinearOperators
public import Optimization

/// Total variation: argmin ½‖A x − y‖² + λ Σ |D x|, isotropic, by FISTA.
///
/// Source: Rudin, Osher and Fatemi, Physica D 60:259 (1992); for MRI Lustig, Donoho and Pauly, MRM
/// 58:1182 (2007). D are the differences down and right, and |·| is the length of a pixel's two
/// complex differences.
///
/// Defaults were chosen on held-out slices; the folder's README.md has the table.
public struct TotalVariation: WeightedMethod, Codable {
  public let name = "tv"
  /// The weight λ, in units of the scaled image (the 99th percentile of the zero-filled one is 1).
  public var regularisation: RegularisationWeight
  /// The iterations of FISTA.
  public var iterations: Int
  /// Steps on the dual field in an iteration where λ is 0.005 or less.
  ///
  /// More are taken in proportion where λ is larger; see `steps(weight:)`.
  public var dualSteps: Int
  public var settings: TotalVariation { self }
  public var usesMapSets: Bool { true }

  public static let standardWeight: Float = 0.005
  public static let weights = WeightLadder(largest: 0.08, ratio: 0.5, rungs: 9)

  private enum CodingKeys: String, CodingKey {
    case regularisation, iterations, dualSteps
  }

  /// The method with its defaults or other settings.
  public init(
    regularisation: RegularisationWeight = .fixed(standardWeight), iterations: Int = 30,
    dualSteps: Int = 10
  ) {
    self.regularisation = regularisation
    self.iterations = iterations
    self.dualSteps = dualSteps
  }

  /// Steps on the dual field in an iteration at a weight λ.
  ///
  /// The field is kept from one iteration to the next, so that the steps need only catch up with what
  /// changed. With too few of them it lags behind, and FISTA's momentum makes that lag a circle that
  /// never ends: on one measured head at λ = 0.02, 10 steps stayed 2 % above the minimum and moved by
  /// 1 % in each iteration, however many. The field's way grows with λ, and so do the steps.
  public func steps(weight: Float) -> Int {
    let factor = max(1, min(1000, weight / 0.005))
    return max(1, Int((Float(dualSteps) * factor).rounded(.up)))
  }

  /// The solver: ‖A‖ ≤ 1 by the normalised maps, so the step 1 is safe.
  public var solver: FISTA {
    FISTA(
      iterations: iterations, step: 1, momentum: .constant(0.9),
      continuation: FISTA.Continuation(start: 16, decay: 0.8))
  }

  public var account: [String] {
    [
      "stopping: after \(iterations) iterations, whatever the misfit"
    ]
  }

  public func image(
    of problem: any InverseProblem, weight: Float, from start: ComplexArray?,
    report: (ReconstructionProgress) throws -> Void
  ) throws -> ComplexArray {
    try requireNotNegative(Float(dualSteps), "dualSteps", of: name)
    let shape = Array(problem.system.domain.suffix(2))
    var denoisers = problem.imageParts.map { _ in
      VariationDenoiser(shape: shape, steps: steps(weight: weight))
    }
    return try problem.minimise(
      start == nil ? solver : solver.fromNeighbour, of: name, from: start,
      proximal: { image, step in
        problem.eachPart(of: &image) { index, part in
          denoisers[index].apply(&part, threshold: step * weight)
        }
      }, report)
  }
}
