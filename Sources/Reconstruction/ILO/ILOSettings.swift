/// The settings of Intermediate Layer Optimization; the defaults are chosen on held-out simulations.
public struct ILOSettings: Sendable, Equatable, Codable {
  /// How the deviations are kept near what the coarser levels give.
  public enum Constraint: String, Sendable, Codable, CaseIterable {
    /// Projection onto the l1 ball of each level's calibrated radius, after every step.
    case ball
    /// A smooth penalty on the same l1 norms beyond those radii.
    case penalty
    /// Neither: the prior's density alone.
    case none
  }

  /// What minimises the loss of a stage.
  public enum Optimizer: String, Sendable, Codable, CaseIterable {
    case lbfgs
    case adam
  }

  /// Iterations of the stages, coarse to fine: stage k moves the deviations of levels 0 … k.
  public var iterations = [12, 12, 18, 25, 30]
  /// Iterations of the last stage after each re-estimation of the phase.
  public var refinements = 25
  /// How often the phase is estimated: once from the calibration lines, then from the image.
  public var phaseRounds = 2
  /// The width of the Gaussian low-pass that gives the phase of an image, in shares of k-space,
  /// one for each re-estimation.
  public var phaseWidths: [Float] = [0.1, 0.2, 0.3]
  /// Standard deviation of the data's misfit, in units of the scaled image: noise and what the
  /// generator cannot draw.
  public var misfit: Float = 0.03
  /// Weight of the prior's density ½‖ε‖² in the loss.
  public var priorWeight: Float = 1
  public var constraint = Constraint.ball
  /// The calibrated radii are multiplied by this.
  public var radiusFactor = 1.0
  public var optimizer = Optimizer.lbfgs
  /// Adam's rate, if it is chosen.
  public var adamRate: Float = 0.05
  /// Seed of the columns that are held out to weigh the residual.
  public var seed: UInt64 = 1
  /// Iterations of the wavelet residual.
  public var residualIterations = 40
  /// Candidates for the weight of the wavelet residual, large to small.
  public var residualWeights: [Float] = [3e-2, 1.5e-2, 1e-2, 6e-3, 4e-3, 2.5e-3, 1.5e-3]

  public var keepResidual = false

  public var imaginary: Float = 0
  public var rescale = true
  public var startScale: Float = 0
  public var startWidth: Float = 0

  public init() {}
}
