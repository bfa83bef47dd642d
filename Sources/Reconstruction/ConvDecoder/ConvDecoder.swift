import Arrays
import Layers
import LinearOperators

/// Reconstruction by an untrained network: the weights of a convolutional decoder are fitted to the
/// slice's own measurements, and its structure alone is the prior.
///
/// Source: Darestani and Heckel, IEEE TCI 7:724 (2021). Two things are as for the other methods here and
/// not as theirs: the decoder draws one complex image that goes through the coil maps, not an image for
/// every coil, so that all methods know the same of the coils; and the answer is a moving mean of the
/// images drawn. The fit ends as theirs at a number of iterations, or where columns put aside are no longer
/// predicted better. As theirs, the measurements then take the place of what the decoder says of them.
public struct ConvDecoder: ReconstructionMethod {
  public let name = "convdecoder"
  public let settings: ConvDecoderSettings

  /// Throws `ReconstructionError.settings` for a setting out of range.
  public init(settings: ConvDecoderSettings = ConvDecoderSettings()) throws(ReconstructionError) {
    if let fault = settings.fault { throw .settings(method: name, reason: fault) }
    self.settings = settings
  }

  public func reconstruct(
    _ problem: any InverseProblem, report: (ReconstructionProgress) throws -> Void
  ) throws -> Reconstruction {
    let phase = try problem.firstPhase()
    let held =
      settings.heldOutOneOf == 0
      ? nil
      : problem.heldOut(oneOf: settings.heldOutOneOf, phase: phase, seed: settings.seed)
    let system = problem.system(relativeTo: phase)
    var fit = ConvDecoderFit(
      system: held?.fit ?? system, measurements: held?.kept ?? problem.measurements,
      settings: settings)
    let norm = fit.measurements.squaredNorm.squareRoot()

    var stages = StageList(problem)
    var nextStage = 50
    var best = (error: Double.infinity, iteration: 0, image: fit.mean)
    for iteration in 1...settings.iterations {
      let misfit = fit.step()
      try report(
        ReconstructionProgress(
          stage: "Adam", fraction: Double(iteration) / Double(settings.iterations + 1),
          misfit: misfit.squareRoot() / norm))
      guard misfit.isFinite else { throw ReconstructionError.diverged(method: name) }
      // Without columns to put aside the last image is the answer.
      let error = held?.error(of: fit.mean) ?? -Double(iteration)
      if error < best.error { best = (error, iteration, fit.mean) }
      if iteration - best.iteration >= settings.patience { break }
      if iteration == nextStage {
        stages.add(product(fit.mean, phase), as: "after \(iteration)", iterations: iteration)
        nextStage *= 2
      }
    }
    // Measurements that are known to be noisy are not to be believed to the last bit.
    let consistent =
      (problem.statedNoise ?? 0) > 0
      ? best.image : Self.consistent(best.image, system, problem.measurements)
    let image = product(problem.admissible(consistent), phase)
    try requireFinite(image, of: name)
    var chosen = ["iterations": Double(best.iteration)]
    if held != nil {
      chosen["held-out misfit"] = best.error.squareRoot()
    }
    stages.add(product(best.image, phase), as: "decoder", iterations: best.iteration)
    let misfit = stages.add(image, as: "data consistency", iterations: 1)
    try report(ReconstructionProgress(stage: "data consistency", fraction: 1, misfit: misfit))
    return Reconstruction(
      image: image, stages: stages.stages, chosen: chosen, seconds: fit.clock.seconds)
  }

  /// x + Aᴴ(y − A x): the coil images of x with the measurements in place of their own samples, combined
  /// by the maps.
  static func consistent(
    _ image: ComplexArray, _ system: any LinearOperator, _ measurements: ComplexArray
  ) -> ComplexArray {
    var gradient = ComplexArray(zeros: system.domain)
    _ = system.dataLoss(image, measurements: measurements, into: &gradient)
    var result = image
    result.add(-1, times: gradient)
    return result
  }
}

/// A decoder on its way to the measurements of a slice.
struct ConvDecoderFit {
  private let network: ConvDecoderNetwork
  private let system: any LinearOperator
  let measurements: ComplexArray
  private let settings: ConvDecoderSettings
  private let frame: ImageFrame
  private var parameters: [Float]
  private var moments: AdamMoments
  private let adam: AdamMoments.Step
  private var iteration = 0
  /// From the decoder's units to those of the measurements: at the start its image is as long as the
  /// zero-filled one, as the authors set it.
  private let scale: Float
  /// The moving mean of the images drawn, in units of the measurements, `[rows, columns]`.
  private(set) var mean: ComplexArray
  let clock = WorkClock()

  init(system: any LinearOperator, measurements: ComplexArray, settings: ConvDecoderSettings) {
    (self.system, self.measurements, self.settings) = (system, measurements, settings)
    let (rows, columns) = (system.domain[0], system.domain[1])
    network = ConvDecoderNetwork(rows: rows, columns: columns, settings: settings)
    frame = ImageFrame(shape: system.domain, factor: 1)
    parameters = network.initialParameters(seed: settings.seed)
    moments = AdamMoments(count: parameters.count)
    var adam = AdamMoments.Step(rate: settings.rate)
    adam.beta2 = 0.999
    self.adam = adam
    mean = ComplexArray(zeros: system.domain)
    let start = frame.cut(network.forward(parameters).output, scale: 1).squaredNorm
    let zeroFilled = system.adjoint(measurements).squaredNorm
    scale = start > 0 ? Float((zeroFilled / start).squareRoot()) : 1
  }

  /// One step of Adam on the mean squared misfit; ‖A x − y‖² of the image before it.
  mutating func step() -> Double {
    iteration += 1
    let pass = clock.measure("generator") { network.forward(parameters) }
    let drawn = frame.cut(pass.output, scale: scale)
    var back = ComplexArray(zeros: system.domain)
    let half = clock.measure("operator") {
      system.dataLoss(drawn, measurements: measurements, into: &back)
    }
    // The mean of all so far until there are enough of them.
    let share = max(settings.averageShare, 1 / Float(iteration))
    mean.scale(by: 1 - share)
    mean.add(share, times: drawn)
    // Of the mean squared error in the decoder's units, as PyTorch's MSELoss takes it.
    let weight = 2 / (scale * Float(2 * max(1, measurements.count)))
    clock.measure("generator") {
      let gradient = network.backward(
        frame.paste(back, scale: weight, channels: ConvDecoderNetwork.outputs), pass: pass)
      moments.update(&parameters, gradient: gradient, step: adam)
    }
    return 2 * half
  }
}
