import Arrays
public import Generators
import Reconstruction

/// The checks of ILO's theory on one generator.
public struct TheoryRun: Sendable {
  public let settings: TheorySettings
  private let network: LadderNetwork
  /// The l1 radii of the levels, if the weights state them.
  private let radii: [Double]?
  private let name: String

  /// The checks on trained weights, or without any on a generator of random weights.
  ///
  /// - Parameter name: of the weights, for the result.
  /// - Throws: `ExperimentError` for settings that do not fit, and for weights of a denoiser.
  public init(
    weights: WeightsFile?, name: String, settings: TheorySettings
  ) throws {
    try weights?.requireGenerator(for: "theory")
    network = weights?.network ?? TwoPartGenerator.random(seed: settings.seed)
    let architecture = network.architecture
    if let fault = settings.fault(
      levels: architecture.levels, factor: architecture.coarsestFactor)
    {
      throw ExperimentError(fault)
    }
    radii = weights.flatMap {
      $0.deviationRadii.count == architecture.levels ? $0.deviationRadii : nil
    }
    (self.name, self.settings) = (name, settings)
  }

  /// Runs all checks.
  ///
  /// - Parameter report: gets what is being done and the share that is; what it throws ends the run.
  public func perform(report: (String, Double) throws -> Void = { _, _ in }) throws -> TheoryResult
  {
    let began = ContinuousClock.now
    let generator = TwoPartGenerator(network, settings: settings)
    try report("projection onto the l1 ball", 0)
    let projection = ProjectionCheck.rows(trials: settings.trials, seed: settings.seed)
    try report("means of few atoms", 0.01)
    let maurey = MaureyCheck.rows(trials: settings.trials, seed: settings.seed)

    var recovery: [RadiusCheck.Row] = []
    var radius = 0.0
    let recoveries = Double(settings.images * settings.measurements.count)
    for image in 0..<settings.images {
      for share in settings.measurements {
        try report(
          "recovery of image \(image + 1) of \(settings.images)",
          0.02 + 0.7 * Double(recovery.count) / (recoveries * Double(settings.radii.count + 1)))
        let test = RadiusCheck.Case(generator, image: image, share: share, settings: settings)
        recovery += RadiusCheck.rows(generator, test, settings: settings)
        radius += test.radius / recoveries
      }
    }
    let counts = Array(Set(recovery.map(\.measurements))).sorted()
    var isometry: [IsometryCheck.Row] = []
    for ensemble in MeasurementEnsemble.allCases {
      for count in counts {
        try report(
          "isometry, \(ensemble.words)",
          0.72 + 0.24 * Double(isometry.count)
            / Double(counts.count * MeasurementEnsemble.allCases.count))
        isometry.append(
          IsometryCheck.row(
            generator, ensemble, measurements: count, radius: radius, settings: settings))
      }
    }
    try report("stages", 0.96)
    let last = RadiusCheck.Case(
      generator, image: 0, share: settings.measurements.last ?? 1, settings: settings)
    let continuity = ContinuityCheck.rows(
      network, last, radii: radii, iterations: max(1, settings.ballIterations / 3))
    let result = TheoryResult(
      settings: settings, generator: description, latents: generator.latentCount,
      features: generator.featureCount, pixels: generator.pixelCount, radius: radius,
      projection: projection, maurey: maurey, recovery: recovery, isometry: isometry,
      continuity: continuity, seconds: (ContinuousClock.now - began) / .seconds(1))
    try requireNumbers(result)
    try report("", 1)
    return result
  }

  private var description: String {
    let widths = network.architecture.widths.map(String.init).joined(separator: ", ")
    return "\(name), \(network.architecture.levels) levels of \(widths) features"
  }

  /// Throws if a figure is not a number: then the generator gave none.
  private func requireNumbers(_ result: TheoryResult) throws {
    let figures =
      result.recovery.flatMap { [$0.error, $0.bestError, $0.misfit, $0.sum] }
      + result.isometry.flatMap { [$0.gamma, $0.medianRandom] }
      + result.continuity.flatMap { [$0.last, $0.first, $0.cutMisfit] }
    guard figures.allSatisfy(\.isFinite) else {
      throw ExperimentError(
        "\(name): the generator gave values that are not finite; check the weights with 'mri-ilo "
          + "weights verify'")
    }
  }
}
