/// The settings of Intermediate Layer Optimization.
///
/// Numbers were chosen on a few validation slices of the training set with simulated coils, phase
/// and noise.
public struct ILOSettings: Sendable, Equatable, Codable {
  /// How the deviations are kept near what the coarser levels give.
  public enum Constraint: String, Sendable, Codable, CaseIterable {
    /// Projection onto the l1 ball of each level's calibrated radius, after every step.
    case ball
    /// A smooth penalty on what exceeds those radii.
    case penalty
    /// Neither: the prior's density alone.
    case none
  }

  /// What minimises the loss of a stage.
  public enum Optimizer: String, Sendable, Codable, CaseIterable {
    case lbfgs
    /// Moves every value by its step whatever the gradient, and so fills the null space with noise.
    case adam
  }

  /// One stage of the first round.
  public struct Stage: Sendable, Equatable, Codable {
    public var iterations: Int
    /// The level's l1 radius is multiplied by this.
    public var radiusFactor = 1.0

    public init(iterations: Int, radiusFactor: Double = 1) {
      self.iterations = iterations
      self.radiusFactor = radiusFactor
    }
  }

  /// The stages, coarse to fine: stage k moves the deviations of levels 0 … k.
  public var stages = Self.defaultStages(levels: 5)
  /// Iterations of the last stage in each further round.
  public var refinements = 15
  /// Rounds before the stages, in which the encoder's answer takes the place of fitted deviations.
  ///
  /// With any, stages start from the encoder's last answer and measure deviations from it; with none,
  /// from the prior's mean.
  public var encoderRounds = 6
  /// The encoder answers to so many views of the image, of which the mean is taken.
  ///
  /// 1 for the image alone, 2 with its mirror image left to right, 4 with those top to bottom. Stages start from the
  /// answer to the image alone.
  public var views = 2
  /// Rounds of stages, wavelet residual and phase; the first goes through all stages.
  public var rounds = 2
  /// The standard deviation σ of the misfit that a stage allows for, in units of the generator's
  /// image: noise, aliasing that is left, and what the generator cannot draw.
  public var misfit: Float = 0.05
  /// The weight of ‖s G − x‖² beside ‖A s G − y‖².
  ///
  /// It holds a stage to the present image where nothing was measured. From the encoder's answer that gains nothing;
  /// the way from the prior's mean was tuned with it.
  public var imageWeight: Float = 0
  /// Weight of the prior's density ½‖ε‖² in the loss.
  public var priorWeight: Float = 1
  public var constraint = Constraint.ball
  public var optimizer = Optimizer.lbfgs
  /// Adam's rate, if it is chosen.
  public var adamRate: Float = 0.05
  /// The width of the Gaussian low-pass that gives the phase of an image, as a share of k-space.
  public var phaseWidth: Float = 0.1
  /// Candidates for the weight λ of the wavelet residual, in units of the scaled image.
  public var residualWeights: [Float] = [3e-2, 1.5e-2, 1e-2, 6e-3, 4e-3, 2.5e-3, 1.5e-3]
  /// λ where too few columns are sampled to choose it by.
  public var fallbackWeight: Float = 4e-3
  /// Candidates for the share of λ that draws the image to 0 instead of to the generator's image; with 1
  /// the generator has no say.
  public var sparseShares: [Float] = [0.3, 0.45, 0.6, 0.75, 1]
  /// Iterations of the first image, without the generator; small weights and equispaced masks converge
  /// slowly.
  public var startIterations = 150
  /// Iterations of the wavelet residual.
  public var residualIterations = 24
  /// The image is the mean of so many of the last of them, each under another shift of the wavelets,
  /// so that no block of the last shift shows.
  public var residualAveraged = 12
  /// Seed of the columns held out to choose λ, and of the shifts of the wavelets.
  public var seed: UInt64 = 1

  public init() {}

  private init(seed: UInt64) { self.seed = seed }

  /// Five iterations for each level but the finest, which gets ten.
  static func defaultStages(levels: Int) -> [Stage] {
    (0..<levels).map { Stage(iterations: $0 < levels - 1 ? 5 : 10) }
  }

  /// The settings with as many default stages as a generator has levels, where the stages are the default.
  func fitted(levels: Int) -> ILOSettings {
    var settings = self
    if stages == Self().stages { settings.stages = Self.defaultStages(levels: levels) }
    return settings
  }

  /// What a run with these settings does and when it ends, a sentence each.
  var account: [String] {
    let source =
      self == Self(seed: seed).fitted(levels: stages.count)
      ? "settings: the defaults, chosen on held-out slices with simulated coils, phase and noise"
      : "settings: not the defaults; the record lists them"
    let first = "first image: \(startIterations) iterations by wavelets alone"
    let passes =
      "passes: \(encoderRounds) of the encoder's answer to \(views) view\(views == 1 ? "" : "s") and "
      + "\(residualIterations) iterations of the residual"
    let steps = self.stages.map { String($0.iterations) }.joined(separator: ", ")
    let stages =
      "stages: \(rounds == 0 ? "none" : "\(steps) iterations, coarse to fine"), "
      + "misfit σ \(misfit), image weight \(imageWeight), constraint \(constraint.rawValue)"
      + (rounds > 1 ? ", then \(refinements) in each of \(rounds - 1) more rounds" : "")
    return [
      source, first, passes, stages,
      "stopping: after these iterations, whatever the misfit; stages.csv has the misfit of each",
    ]
  }

  /// A sentence if the settings fit no generator of `levels` levels, else nil.
  func fault(levels: Int, radii: [Double]) -> String? {
    if stages.count != levels {
      return "\(stages.count) stages for a generator of \(levels) levels"
    }
    if constraint != .none && radii.count != levels {
      return "the weights state no l1 radius for each level; write them again with 'mri-ilo train'"
    }
    let positive =
      misfit > 0 && phaseWidth > 0 && rounds + encoderRounds > 0 && rounds >= 0
      && encoderRounds >= 0 && [1, 2, 4].contains(views) && adamRate > 0 && residualAveraged > 0
    let notNegative =
      imageWeight >= 0 && priorWeight >= 0
      && stages.allSatisfy { $0.iterations >= 0 && $0.radiusFactor >= 0 }
    let areShares = !sparseShares.isEmpty && sparseShares.allSatisfy { $0 >= 0 && $0 <= 1 }
    return positive && notNegative && areShares ? nil : "a weight, width or rate is out of range"
  }
}
