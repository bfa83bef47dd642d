import Arrays
public import Generators

/// Intermediate Layer Optimization with a ladder decoder.
///
/// The encoder, which learned from undersampled images, answers to a first image and, in turns with the
/// measurements, to better ones. From its last answer stage k moves the deviations of levels 0 … k
/// inside l1 balls to lower the misfit of the measurements (Daras, Dean, Jalal & Dimakis, ICML 2021);
/// they are measured in units of the encoder's own uncertainty. The last stage is in the image: a
/// complex residual, sparse in wavelets, whose weight is chosen on held-out columns. Generator and
/// residual are fitted in turns (half-quadratic splitting), and the phase that is folded into the maps
/// is taken anew from the image each time. Stages are continuous: each starts where the one before
/// ended.
public struct ILO: ReconstructionMethod {
  public let name = "ilo"
  private let network: LadderNetwork
  private let radii: [Double]
  private let familiarity: FamiliarityScore?
  private let draws: Int
  public let settings: ILOSettings

  /// The method with a trained network.
  ///
  /// - Parameters:
  ///   - weights: network and calibrated l1 radii.
  ///   - settings: all else.
  ///   - draws: how many draws about the image are wanted beside it.
  /// - Throws: `ReconstructionError.settings` if the settings do not fit the network.
  public init(
    weights: WeightsFile, settings: ILOSettings = ILOSettings(), draws: Int = 0
  ) throws(ReconstructionError) {
    try weights.requireGenerator(for: name)
    let radii = weights.deviationRadii
    let settings = settings.fitted(levels: weights.architecture.levels)
    if let fault = settings.fault(levels: weights.architecture.levels, radii: radii) {
      throw .settings(method: name, reason: fault)
    }
    network = weights.network
    familiarity = FamiliarityScore(weights: weights, network: network)
    self.radii = radii
    self.draws = draws
    self.settings = settings
  }

  public var account: [String] { settings.account }

  public func reconstruct(
    _ problem: any InverseProblem, report: (ReconstructionProgress) throws -> Void
  ) throws -> Reconstruction {
    try reconstruct(problem, keeping: [:], report: report)
  }

  /// With the weights of first image and residual that another slice chose, whose choice is most of the work,
  /// unless held-out measurements speak against one.
  public func reconstruct(
    _ problem: any InverseProblem, keeping chosen: [String: Double],
    report: (ReconstructionProgress) throws -> Void
  ) throws -> Reconstruction {
    var fit = try ILOFit(
      problem: problem, network: network, radii: radii, familiarity: familiarity,
      settings: settings, keeping: chosen)
    try fit.run(report: report)
    try requireFinite(fit.image, of: name)
    let drawn = fit.draws(draws)
    for image in drawn { try requireFinite(image, of: name) }
    return Reconstruction(
      image: fit.image, stages: fit.stages, chosen: fit.chosen, choices: fit.choices,
      seconds: fit.clock.seconds, warnings: fit.warnings, draws: drawn)
  }
}
