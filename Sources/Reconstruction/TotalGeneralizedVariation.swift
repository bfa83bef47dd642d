public import Arrays
import LinearOperators
import Optimization

/// Second-order total generalised variation: argmin over x and w of ½‖A x − y‖² + λ (Σ |D x − w| + α Σ |E w|),
/// by FISTA.
///
/// Source: Bredies, Kunisch and Pock, SIAM J. Imaging Sci. 3:492 (2010); for MRI Knoll, Bredies, Pock and
/// Stollberger, MRM 65:480 (2011), whose α = 2 is the default. Where total variation turns slopes into steps,
/// this one keeps them. Defaults were chosen on held-out slices; the folder's README.md has the table.
public struct TotalGeneralizedVariation: WeightedMethod, Codable {
  public let name = "tgv"
  /// The weight λ, in units of the scaled image (the 99th percentile of the zero-filled one is 1).
  public var regularisation: RegularisationWeight
  /// α: the weight of the second derivative against the first.
  public var ratio: Float
  /// The iterations of FISTA.
  public var iterations: Int
  /// Steps on field and duals in an iteration where λ is 0.005 or less; more in proportion where it is larger,
  /// for the reason that `TotalVariation.steps(weight:)` gives.
  public var innerSteps: Int
  public var settings: TotalGeneralizedVariation { self }
  public var usesMapSets: Bool { true }

  public static let standardWeight: Float = 0.005
  public static let weights = WeightLadder(largest: 0.08, ratio: 0.5, rungs: 9)

  private enum CodingKeys: String, CodingKey {
    case regularisation, ratio, iterations, innerSteps
  }

  /// The method with its defaults or other settings.
  public init(
    regularisation: RegularisationWeight = .fixed(standardWeight), ratio: Float = 2,
    iterations: Int = 30, innerSteps: Int = 60
  ) {
    self.regularisation = regularisation
    self.ratio = ratio
    self.iterations = iterations
    self.innerSteps = innerSteps
  }

  /// Total variation with as many iterations and steps, whose solver and rule for the steps are these too.
  private var plain: TotalVariation {
    TotalVariation(iterations: iterations, dualSteps: innerSteps)
  }

  public var account: [String] { plain.account }

  public func image(
    of problem: any InverseProblem, weight: Float, from start: ComplexArray?,
    report: (ReconstructionProgress) throws -> Void
  ) throws -> ComplexArray {
    try requireNotNegative(Float(innerSteps), "innerSteps", of: name)
    guard ratio > 0, ratio.isFinite else {
      throw ReconstructionError.settings(
        method: name, reason: "ratio must be a number above 0, not \(ratio)")
    }
    let shape = Array(problem.system.domain.suffix(2))
    let steps = plain.steps(weight: weight)
    var denoisers = problem.imageParts.map { _ in
      GeneralizedVariationDenoiser(shape: shape, steps: steps, ratio: ratio)
    }
    return try problem.minimise(
      start == nil ? plain.solver : plain.solver.fromNeighbour, of: name, from: start,
      proximal: { image, step in
        problem.eachPart(of: &image) { index, part in
          denoisers[index].apply(&part, threshold: step * weight)
        }
      }, report)
  }
}
