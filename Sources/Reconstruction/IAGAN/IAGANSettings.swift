/// The settings of image-adaptive generation.
///
/// The authors' (shadyabh/IAGAN) are named where these differ.
public struct IAGANSettings: Sendable, Equatable, Codable {
  /// How the latents are found before the weights move: as `csgm` finds them.
  ///
  /// The authors: 5 draws, 1800 iterations from each, no penalty.
  public var start = Self.defaultStart
  /// Iterations of latents and weights together (the authors: 300).
  public var adaptations = 60
  /// Adam's rate for the latents then.
  public var latentRate: Float = 1e-2
  /// Adam's rate for the weights (the authors: 1e-3, for a network of another kind).
  public var weightRate: Float = 3e-4

  public init() {}

  private static var defaultStart: CSGMSettings {
    var settings = CSGMSettings()
    (settings.randomStarts, settings.rounds, settings.fitsScale) = (1, 3, true)
    return settings
  }

  /// A sentence if the settings fit no generator of `levels` levels, else nil.
  func fault(levels: Int) -> String? {
    if let fault = start.fault(levels: levels) { return fault }
    let isInRange =
      adaptations >= 1 && latentRate >= 0 && latentRate.isFinite && weightRate >= 0
      && weightRate.isFinite
    return isInRange ? nil : "a number of iterations or a rate is out of range"
  }

  var plan: FitPlan {
    var plan = start.plan
    plan.refinements.append(adaptations)
    return plan
  }
}
