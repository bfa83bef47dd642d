/// The settings of compressed sensing with a generative model.
///
/// Numbers were chosen on validation slices of the training set with simulated coils, phase and noise;
/// the README.md of `Reconstruction` has the tables.
public struct CSGMSettings: Sendable, Equatable, Codable {
  /// The number of levels whose latents move, from the coarsest on; 0 for all.
  ///
  /// The finer ones stay at their prior's mean.
  public var levels = 0
  /// Starts drawn from the prior, besides the one at its mean; the best of all is kept.
  public var randomStarts = 2
  /// Iterations from each start, enough to tell the starts apart.
  public var iterations = 50
  /// Rounds: in each after the first the phase is taken anew from the image and the best start goes on.
  public var rounds = 3
  /// Iterations in each further round.
  public var refinements = 150
  /// The standard deviation σ of the misfit, in units of the generator's image: noise, and what the
  /// generator cannot draw.
  public var misfit: Float = 0.05
  /// The weight v of the penalty ½‖ε‖² on the latents.
  public var priorWeight: Float = 1
  /// What minimises the loss: Adam as in the original.
  ///
  /// From so far away L-BFGS is slower at equal evaluations: after 60 and 120 from the mean at 8x 26.7
  /// and 28.1 dB on two validation slices, where Adam gives 27.4 after 60 and 30.1 after 300.
  public var optimizer = ILOSettings.Optimizer.adam
  /// Adam's rate, if it is chosen; that of the original.
  public var adamRate: Float = 0.1
  /// Whether the brightness is fitted with the rest, by least squares, and not the first image's.
  public var fitsScale = false
  /// Whether a residual that is sparse in wavelets is added at the end (Dhar, Grover and Ermon 2018).
  ///
  /// Without it the image is one that the generator draws.
  public var addsResidual = false
  /// Seed of the starts, of the columns held out to choose weights, and of the wavelets' shifts.
  public var seed: UInt64 = 1

  public init() {}

  /// A sentence if the settings fit no generator of `levels` levels, else nil.
  func fault(levels available: Int) -> String? {
    if levels < 0 || levels > available {
      return "levels is \(levels), but the generator has \(available) levels; 0 moves them all"
    }
    let isInRange =
      randomStarts >= 0 && iterations >= 1 && rounds >= 1 && refinements >= 0 && misfit > 0
      && misfit.isFinite && priorWeight >= 0 && priorWeight.isFinite && adamRate > 0
      && adamRate.isFinite
    return isInRange ? nil : "a number of iterations or starts, a weight or a rate is out of range"
  }

  /// What stages and wavelets of ILO are told: no balls, no pull towards another image.
  var stage: ILOSettings {
    var settings = ILOSettings()
    (settings.misfit, settings.priorWeight) = (misfit, priorWeight)
    (settings.imageWeight, settings.constraint) = (0, .none)
    (settings.optimizer, settings.adamRate, settings.seed) = (optimizer, adamRate, seed)
    return settings
  }

  /// About so many evaluations of the loss make an image.
  public var evaluations: Int { plan.totalIterations }

  var plan: FitPlan {
    FitPlan(
      starts: randomStarts + 1, iterations: iterations,
      refinements: Array(repeating: refinements, count: rounds - 1), fitsScale: fitsScale,
      addsResidual: addsResidual, stage: stage)
  }
}
