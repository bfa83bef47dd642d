import Acquisition
package import Arrays
package import Generators
import Layers
import LinearOperators
import Numerics
import Optimization

/// The stages of ILO by themselves, from the encoder's answer to the zero-filled image, so that another
/// program can be given the very same problem.
///
/// No ball holds the deviations here: peers' optimisers know no projection.
package struct StageTrial: Sendable {
  /// Coil maps times phase, `[coils, rows, columns]`.
  package let maps: ComplexArray
  /// In hybrid space, `[coils, rows, sampled columns]`.
  package let measurements: ComplexArray
  /// The present image, real, `[rows, columns]`.
  package let image: RealArray
  /// The encoder's answer and its uncertainty, level by level, `[1, rows, columns, latents]`.
  package let means: [RealArray]
  package let scales: [RealArray]
  /// From the generator's units to those of the measurements.
  package let scale: Float
  /// Where the image lies in the generator's.
  package let top, left: Int
  package let settings: ILOSettings
  private let latents: LatentSpace
  private let system: SENSEOperator

  /// What a run found.
  package struct Outcome: Sendable {
    /// The loss at the end of each stage.
    package var losses: [Double]
    /// Losses and gradients that were computed, in all.
    package var evaluations: Int
  }

  /// Throws `CalibrationError` if the mask leaves no calibration line, `ReconstructionError` if the weights
  /// are of another kind.
  package init(problem: ReconstructionProblem, weights: WeightsFile) throws {
    try weights.requireGenerator(for: "the stages")
    let network = weights.network
    let frame = ImageFrame(
      shape: problem.system.domain, factor: network.architecture.coarsestFactor)
    latents = LatentSpace(generator: network.generator, frame: frame)
    (top, left) = (
      (frame.paddedRows - frame.rows) / 2, (frame.paddedColumns - frame.columns) / 2
    )
    var settings = ILOSettings()
    settings.constraint = .none
    self.settings = settings
    let phase = try problem.firstPhase()
    system = problem.system.modulated(by: phase)
    maps = SensitivityOperator(maps: problem.maps.sensitivities).forward(phase)
    measurements = problem.measurements
    let first = system.adjoint(measurements)
    image = RealArray(shape: first.shape, values: first.values.map(\.real))
    // As `FirstImage` scales: bright parts near 1.
    scale = percentile(first.magnitudes.values, 99)
    let seen = frame.paste(
      first, scale: 1 / scale, channels: network.architecture.encoderChannels)
    let answers = network.posterior(of: seen)
    func array(_ features: Features) -> RealArray {
      RealArray(shape: features.shape, values: Array(features.values))
    }
    (means, scales) = (answers.map { array($0.mean) }, answers.map { array($0.scale) })
  }

  /// Runs all stages.
  package func run() -> Outcome {
    let origin = LatentOrigin(mean: means.flatMap(\.values), scale: scales.flatMap(\.values))
    let target = ComplexArray(shape: image.shape, values: image.values.map { .init($0, 0) })
    var outcome = Outcome(losses: [], evaluations: 0)
    var point: [Float] = []
    for level in latents.ranges.indices {
      let objective = LatentObjective(
        latents: latents, system: system, measurements: measurements, image: target,
        origin: origin, levels: level + 1, scale: scale, settings: settings, penaltyRadii: nil,
        clock: WorkClock())
      let found = LBFGS().minimise(
        from: latents.extended(point, to: level), iterations: settings.stages[level].iterations,
        observe: { _ in }, objective: { objective.value(at: $0, gradient: &$1).loss })
      point = found.point
      outcome.losses.append(found.value)
      outcome.evaluations += found.evaluations
    }
    return outcome
  }
}
