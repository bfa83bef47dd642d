/// The settings of generator surgery.
///
/// Defaults are the authors' (nik-sm/generator-surgery:settings.py, recover.py) unless it is said.
public struct SurgerySettings: Sendable, Equatable, Codable {
  /// What a fit starts from.
  public enum Start: String, Sendable, Codable, CaseIterable {
    /// What the levels before the cut give for the prior's mean, then for draws of it.
    case network
    /// Normal numbers, none beyond ±`limit`, times the root mean square of those features.
    case normal
  }

  /// The number of levels that are cut away, from the coarsest on.
  ///
  /// The authors cut one block of their VAE and DCGAN, two of BEGAN.
  public var cut = 1
  /// Whether the deviations of the levels that are left move too, as whatever else the rest reads does with
  /// the authors; else they stay where the start put them.
  public var movesDeviations = true
  /// Where starts come from (the authors': `normal`, with a limit of 1).
  public var start = Start.network
  /// What bounds the normal numbers of a start.
  public var limit: Float = 1
  /// The number of starts; the one of least misfit goes on.
  public var starts = 3
  /// Iterations of L-BFGS from each start.
  ///
  /// The authors' 25 steps of PyTorch's L-BFGS are up to 500 of these, and go to the end from every start.
  public var iterations = 30
  /// Rounds: in each after the first the phase is taken anew from the image and the best start goes on.
  public var rounds = 3
  /// Iterations in each further round.
  public var refinements = 40
  /// Whether the brightness is fitted with the rest, by least squares, and not the first image's.
  public var fitsScale = true
  /// Seed of the starts, of the columns held out to choose weights, and of the wavelets' shifts.
  public var seed: UInt64 = 1

  public init() {}

  /// A sentence if the settings fit no generator of `levels` levels, else nil.
  func fault(levels: Int) -> String? {
    if cut < 1 || cut >= levels {
      return "cut is \(cut), but of the generator's \(levels) levels 1 to \(levels - 1) can be cut"
    }
    let isInRange =
      starts >= 1 && iterations >= 1 && rounds >= 1 && refinements >= 0 && limit > 0
      && limit.isFinite
    return isInRange ? nil : "a number of iterations or starts or the limit is out of range"
  }

  /// About so many evaluations of the loss make an image.
  public var evaluations: Int { plan.totalIterations }

  var plan: FitPlan {
    var stage = ILOSettings()
    stage.seed = seed
    return FitPlan(
      starts: starts, iterations: iterations,
      refinements: Array(repeating: refinements, count: rounds - 1), fitsScale: fitsScale,
      stage: stage)
  }
}
