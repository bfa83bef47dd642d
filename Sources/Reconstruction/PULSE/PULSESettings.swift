/// The settings of PULSE.
///
/// Defaults are the authors' (adamian98/pulse:run.py, PULSE.py) unless it is said.
public struct PULSESettings: Sendable, Equatable, Codable {
  /// The number of levels whose latents move, from the coarsest on; 0 for all.
  ///
  /// The finer ones stay at their prior's mean.
  public var levels = 0
  /// The number of draws that are started from, of which the one of least misfit goes on (the authors: 1).
  public var starts = 2
  /// Iterations of Adam from each draw, and in each further round.
  public var iterations = 100
  /// Rounds: in each after the first the phase is taken anew from the image and the schedule begins again.
  public var rounds = 2
  /// Adam's greatest rate.
  public var rate: Float = 0.4
  /// The mean squared misfit, in units of the generator's image, below which there is nothing to gain.
  ///
  /// The authors' is 2e-3; here it is what the noise leaves, where that is known, and at least this.
  public var floor: Float = 0
  /// Whether the brightness is fitted with the rest, by least squares, and not the first image's.
  public var fitsScale = true
  /// Seed of the draws, of the columns held out to choose weights, and of the wavelets' shifts.
  public var seed: UInt64 = 1

  public init() {}

  /// A sentence if the settings fit no generator of `levels` levels, else nil.
  func fault(levels available: Int) -> String? {
    if levels < 0 || levels > available {
      return "levels is \(levels), but the generator has \(available) levels; 0 moves them all"
    }
    let isInRange =
      starts >= 1 && iterations >= 1 && rounds >= 1 && rate > 0 && rate.isFinite && floor >= 0
      && floor.isFinite
    return isInRange
      ? nil : "a number of iterations or starts, the rate or the floor is out of range"
  }

  /// About so many evaluations of the loss make an image.
  public var evaluations: Int { plan.totalIterations }

  var plan: FitPlan {
    FitPlan(
      starts: starts, iterations: iterations,
      refinements: Array(repeating: iterations, count: rounds - 1), fitsScale: fitsScale,
      stage: stage)
  }

  /// No weight of the prior: the sphere takes its place.
  var stage: ILOSettings {
    var settings = ILOSettings()
    (settings.imageWeight, settings.constraint, settings.priorWeight) = (0, .none, 0)
    (settings.misfit, settings.seed) = (1, seed)
    return settings
  }

  /// What the rate is multiplied by at `iteration` of `count`: from 0.1 up to 1 and down again over nine
  /// tenths of them, then to 0.001 (`linear1cycledrop`, adamian98/pulse:PULSE.py).
  static func rateFactor(_ iteration: Int, of count: Int) -> Float {
    let cycle = 0.9 * Float(count)
    let x = Float(iteration)
    if x < cycle { return (9 * (1 - 2 * abs(x / cycle - 0.5)) + 1) / 10 }
    let rest = (x - cycle) / (0.1 * Float(count))
    return 0.1 * (1 - rest) + 0.001 * rest
  }
}
