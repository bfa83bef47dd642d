import Arrays
import Generators
import LinearOperators

/// One image on its way through the starts and rounds of CSGM.
struct CSGMFit {
  private let problem: any InverseProblem
  private let settings: CSGMSettings
  private let stage: ILOSettings
  private let latents: LatentSpace
  /// The number of levels that move.
  private let levels: Int
  private let norm: Double
  private let totalIterations: Int
  private var iterationsDone = 0

  /// What images are relative to, `[rows, columns]`.
  private var phase: ComplexArray
  /// From the generator's units to those of the problem.
  private var scale: Float = 1
  /// The present complex image, `[rows, columns]`, scaled as the problem.
  private(set) var image: ComplexArray
  private var recorded: StageList
  var stages: [Reconstruction.Stage] { recorded.stages }
  private(set) var chosen: [String: Double] = [:]
  let clock = WorkClock()

  /// Throws `CalibrationError` if the mask leaves no calibration line for the first phase.
  init(
    problem: any InverseProblem, network: LadderNetwork, settings: CSGMSettings
  ) throws {
    self.problem = problem
    self.settings = settings
    stage = settings.stage
    latents = LatentSpace(
      generator: network.generator,
      frame: ImageFrame(
        shape: problem.system.domain, factor: network.architecture.coarsestFactor))
    levels = settings.levels == 0 ? network.architecture.levels : settings.levels
    norm = problem.measurements.squaredNorm.squareRoot()
    totalIterations =
      (settings.randomStarts + 1) * settings.iterations
      + (settings.rounds - 1) * settings.refinements
    recorded = StageList(problem)
    phase = try problem.firstPhase()
    image = ComplexArray(zeros: problem.system.domain)
  }

  mutating func run(report: (ReconstructionProgress) throws -> Void) throws {
    try report(ReconstructionProgress(stage: "start", fraction: 0, misfit: 1))
    let first = clock.measure("residual") { FirstImage(problem, phase: phase, settings: stage) }
    recorded.add(first.image, as: first.name, iterations: stage.startIterations)
    (phase, scale) = (first.phase, first.scale)

    var point: [Float] = []
    var least = Double.infinity
    for start in 0...settings.randomStarts {
      let name = start == 0 ? "from the mean" : "from draw \(start)"
      let found = try fit(from: self.start(start), settings.iterations, as: name, report)
      // One that is not a number is never the best; where all are, the method says so in the end.
      if found.misfit < least || point.isEmpty {
        (point, least) = (found.point, found.misfit)
        (image, chosen["best start"]) = (found.image, Double(start))
      }
    }
    for round in 1..<settings.rounds {
      renewPhase()
      let found = try fit(
        from: point, settings.refinements, as: "best, round \(round + 1)", report)
      (point, image) = (found.point, found.image)
    }
    if settings.addsResidual {
      let (next, weight) = residual()
      chosen["residual weight"] = Double(weight)
      image = next
      recorded.add(image, as: "residual", iterations: stage.residualIterations)
    }
    try report(
      ReconstructionProgress(
        stage: stages.last?.name ?? "", fraction: 1, misfit: stages.last?.misfit ?? 1))
  }

  /// The latents of a start: zeros, or a draw of the prior.
  private func start(_ index: Int) -> [Float] {
    let count = latents.ranges[levels - 1].upperBound
    if index == 0 { return [Float](repeating: 0, count: count) }
    var random = RandomStream(seed: settings.seed).split(stream: UInt64(index))
    return (0..<count).map { _ in random.normal() }
  }

  /// The latents of least loss found from `point`, their complex image, and its misfit.
  private mutating func fit(
    from point: [Float], _ iterations: Int, as name: String,
    _ report: (ReconstructionProgress) throws -> Void
  ) throws -> (point: [Float], image: ComplexArray, misfit: Double) {
    let objective = LatentObjective(
      latents: latents, system: problem.system(relativeTo: phase),
      measurements: problem.measurements, image: ComplexArray(zeros: problem.system.domain),
      origin: nil, levels: levels, scale: scale, settings: stageSettings, penaltyRadii: nil,
      clock: clock)
    let found = try LatentStage(objective: objective, settings: stage, radii: []).run(
      from: point, iterations: iterations
    ) { iteration, misfit in
      try report(
        ReconstructionProgress(
          stage: name,
          fraction: Double(iterationsDone + iteration) / Double(totalIterations + 1),
          misfit: misfit.squareRoot() / norm))
    }
    iterationsDone += iterations
    let drawn = clock.measure("generator") {
      latents.frame.cut(latents.draw(found).output, scale: scale)
    }
    let image = product(drawn, phase)
    let misfit = recorded.add(image, as: name, iterations: iterations)
    return (found, image, misfit)
  }

  /// The settings with a misfit that is no less than the noise, where that is known.
  private var stageSettings: ILOSettings {
    var settings = stage
    if let noise = problem.statedNoise { settings.misfit = max(settings.misfit, noise / scale) }
    return settings
  }

  /// Takes the phase anew from the image that the residual brings to the measurements: the generator
  /// draws images without a smooth phase, and so hardly tells a better one itself.
  private mutating func renewPhase() {
    let nearer = residual().image
    phase = problem.phase(of: nearer, width: stage.phaseWidth)
  }

  /// The present image with a residual that is sparse in wavelets, and the weight chosen for it.
  private func residual() -> (image: ComplexArray, weight: Float) {
    clock.measure("residual") {
      let drawn = product(image, conjugate(phase))
      var wavelets = WaveletResidual(
        settings: stage, drawn: drawn, share: stage.sparseShares[0])
      let held = problem.heldOut(oneOf: 5, phase: phase, seed: stage.seed)
      let search = held.map(wavelets.search) ?? ResidualSearch(fallback: stage)
      let weight = search.choice.weight
      wavelets.share = search.choice.share
      let next = wavelets.image(
        problem.system(relativeTo: phase), problem.measurements, weight: weight, from: drawn,
        iterations: stage.residualIterations, averaged: stage.residualAveraged)
      return (product(next, phase), weight)
    }
  }
}
