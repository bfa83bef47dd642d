/// The settings of SparseGen.
///
/// The authors' (ermongroup/sparse_gen) are named where these differ.
public struct SparseGenSettings: Sendable, Equatable, Codable {
  /// The number of levels whose latents move, from the coarsest on; 0 for all.
  public var levels = 0
  /// Starts drawn from the prior, besides the one at its mean; the best of all is kept.
  ///
  /// The authors: 5 draws.
  public var randomStarts = 1
  /// Iterations of the latents alone from each start (the authors: 250).
  public var iterations = 50
  /// Rounds in which latents and deviation move together, the phase being taken anew before each.
  public var rounds = 2
  /// Iterations in each of them (the authors: 1250 in all).
  public var refinements = 150
  /// λ of λ‖W ν‖₁, in units of the scaled image; 0 for the one that best predicts measurements held out.
  ///
  /// The authors' weights of 0.01 to 5 go with a mean over measurements, and differ with their number.
  public var sparsity: Float = 0
  /// The standard deviation σ of the misfit, in units of the generator's image.
  public var misfit: Float = 0.05
  /// The weight v of the penalty ½‖ε‖² on the latents.
  public var priorWeight: Float = 1
  /// Adam's rate; that of the authors.
  public var adamRate: Float = 0.1
  /// Whether the brightness is fitted with the rest, by least squares, and not the first image's.
  public var fitsScale = true
  /// Seed of the starts, of the columns held out to choose weights, and of the wavelets' shifts.
  public var seed: UInt64 = 1

  public init() {}

  /// A sentence if the settings fit no generator of `levels` levels, else nil.
  func fault(levels available: Int) -> String? {
    if levels < 0 || levels > available {
      return "levels is \(levels), but the generator has \(available) levels; 0 moves them all"
    }
    let isInRange =
      randomStarts >= 0 && iterations >= 1 && rounds >= 1 && refinements >= 1 && misfit > 0
      && misfit.isFinite && priorWeight >= 0 && priorWeight.isFinite && adamRate > 0
      && adamRate.isFinite && sparsity >= 0 && sparsity.isFinite
    return isInRange ? nil : "a number of iterations or starts, a weight or a rate is out of range"
  }

  /// About so many evaluations of the loss make an image.
  public var evaluations: Int { plan.totalIterations }

  var plan: FitPlan {
    FitPlan(
      starts: randomStarts + 1, iterations: iterations,
      refinements: Array(repeating: refinements, count: rounds), fitsScale: fitsScale,
      stage: stage)
  }

  /// What latents and wavelets are told.
  var stage: ILOSettings {
    var settings = ILOSettings()
    (settings.misfit, settings.priorWeight) = (misfit, priorWeight)
    (settings.imageWeight, settings.constraint) = (0, .none)
    (settings.optimizer, settings.adamRate, settings.seed) = (.adam, adamRate, seed)
    return settings
  }

  /// Weights for more noise and for less than scans have, as in-painting and denoising need them.
  static let weights: [Float] = [
    0.3, 0.2, 0.12, 0.07, 0.045, 0.03, 0.015, 0.01, 6e-3, 4e-3, 2.5e-3, 1.5e-3,
  ]
}
