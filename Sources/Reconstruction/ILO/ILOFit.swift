import Arrays
import Generators
import Layers
import LinearOperators
import Numerics

/// One image on its way through the rounds of ILO.
struct ILOFit {
  private let problem: any InverseProblem
  private let network: LadderNetwork
  private let settings: ILOSettings
  private let latents: LatentSpace
  private let radii: [Double]
  /// Nil for weights that were never calibrated for it.
  private let familiarity: FamiliarityScore?
  /// What another slice chose, in place of choices of its own.
  private let kept: (first: ResidualChoice, residual: ResidualChoice)?
  private let norm: Double
  private let totalIterations: Int
  private var iterationsDone = 0

  /// What images are relative to, `[rows, columns]`.
  private var phase: ComplexArray
  /// The deviations found so far, from their origin.
  private var point: [Float] = []
  /// The encoder's answer; nil while deviations count from the prior's mean.
  private var origin: LatentOrigin?
  /// From the generator's units to those of the problem.
  private var scale: Float = 1
  private var residual: ResidualChoice
  /// The present complex image, `[rows, columns]`, scaled as the problem.
  private(set) var image: ComplexArray
  private(set) var stages: [Reconstruction.Stage] = []
  private(set) var chosen: [String: Double] = [:]
  private(set) var choices: [WeightChoice] = []
  private(set) var warnings: [String] = []
  let clock = WorkClock()

  /// Throws `CalibrationError` if the mask leaves no calibration line for the first phase.
  init(
    problem: any InverseProblem, network: LadderNetwork, radii: [Double],
    familiarity: FamiliarityScore?, settings: ILOSettings, keeping chosen: [String: Double] = [:]
  ) throws {
    self.problem = problem
    kept = ResidualChoice.kept(chosen)
    self.familiarity = familiarity
    self.network = network
    self.settings = settings
    let latents = LatentSpace(
      generator: network.generator,
      frame: ImageFrame(
        shape: problem.system.domain, factor: network.architecture.coarsestFactor))
    self.latents = latents
    // From the encoder's answer: the ball that a typical draw of its posterior just fills, whose
    // values have the mean |u| of a standard normal density.
    let perValue =
      settings.encoderRounds > 0
      ? radii.map { _ in (2 / Double.pi).squareRoot() } : radii
    self.radii = zip(zip(perValue, latents.ranges), settings.stages).map { level, stage in
      level.0 * Double(level.1.count) * stage.radiusFactor
    }
    residual = ResidualSearch(fallback: settings).choice
    norm = problem.measurements.squaredNorm.squareRoot()
    totalIterations =
      (settings.rounds > 0 ? settings.stages.reduce(0) { $0 + $1.iterations } : 0)
      + max(0, settings.rounds - 1) * settings.refinements
    phase = try problem.firstPhase()
    image = ComplexArray(zeros: problem.system.domain)
  }

  mutating func run(report: (ReconstructionProgress) throws -> Void) throws {
    try start(report)
    for round in 0..<settings.encoderRounds {
      let drawn = answer(to: relative(image))
      let name = "pass \(round + 1)"
      record(
        drawn, as: "encoder, \(name)", problem.system(relativeTo: phase), iterations: 1)
      try addResidual(to: drawn, as: "residual, \(name)", choosing: round == 0, report)
    }
    if settings.encoderRounds > 0 && settings.rounds > 0 { encode() }
    for round in 0..<settings.rounds {
      let round = round + 1
      let first = round == 1 ? 0 : latents.ranges.count - 1
      for level in first..<latents.ranges.count {
        try fitLevels(to: level, round: round, report)
      }
      try addResidual(
        to: draw(), as: stageName("residual", round),
        choosing: round == 1 && settings.encoderRounds == 0,
        report)
    }
  }

  /// The first image, without the generator, sets scale, phase and the coarsest deviations.
  private mutating func start(_ report: (ReconstructionProgress) throws -> Void) throws {
    try report(ReconstructionProgress(stage: "start", fraction: 0, misfit: 1))
    let system = problem.system(relativeTo: phase)
    let first = clock.measure("residual") {
      FirstImage(problem, phase: phase, settings: settings, kept: kept?.first)
    }
    if problem.firstImage == nil {
      choices.append(first.search.account(of: "weight of the first image"))
      chosen["first wavelet weight"] = Double(first.search.choice.weight)
    }
    (residual, scale) = (first.search.choice, first.scale)
    keep(first.relative, as: first.name, system, iterations: settings.startIterations)
    if let familiarity, problem.hasTrainedFirstImages {
      let score = familiarity.score(of: relative(image))
      if score.isFinite { chosen["familiarity score"] = score }
      chosen["familiarity threshold"] = familiarity.threshold
      warnings += familiarity.warning(score).map { [$0] } ?? []
    }
    if settings.encoderRounds == 0 {
      let coarsest = network.encode(seen)[0]
      point = Array(coarsest.values)
    }
  }

  /// The present image as the encoder sees it.
  private var seen: Features {
    latents.frame.paste(
      relative(image), scale: 1 / scale, channels: network.architecture.encoderChannels)
  }

  /// Takes the encoder's answer to the present image for the origin.
  private mutating func encode() {
    let answers = clock.measure("generator") { network.posterior(of: seen) }
    origin = LatentOrigin(
      mean: latents.vector(answers.map(\.mean)), scale: latents.vector(answers.map(\.scale)))
    point = []
  }

  /// A stage: the levels up to `level` against the measurements and the present image.
  private mutating func fitLevels(
    to level: Int, round: Int, _ report: (ReconstructionProgress) throws -> Void
  ) throws {
    let system = problem.system(relativeTo: phase)
    var target = relative(image)
    if network.architecture.imageChannels == 1 {
      for index in target.values.indices {
        target.values[index] = Complex(target.values[index].real, 0)
      }
    }
    let end = latents.ranges[level].upperBound
    let objective = LatentObjective(
      latents: latents, system: system, measurements: problem.measurements, image: target,
      origin: origin, levels: level + 1, scale: scale, settings: stageSettings,
      penaltyRadii: settings.constraint == .penalty ? radii : nil, clock: clock)
    let iterations = round == 1 ? settings.stages[level].iterations : settings.refinements
    let name = stageName("level \(level)", round)
    point = try LatentStage(objective: objective, settings: settings, radii: radii).run(
      from: latents.extended(Array(point.prefix(end)), to: level), iterations: iterations
    ) { iteration, misfit in
      try report(
        ReconstructionProgress(
          stage: name,
          fraction: Double(iterationsDone + iteration) / Double(totalIterations),
          misfit: misfit.squareRoot() / norm))
    }
    iterationsDone += iterations
    record(draw(), as: name, system, iterations: iterations)
  }

  /// The settings with a misfit that is no less than the noise, where that is known.
  private var stageSettings: ILOSettings {
    var settings = settings
    if let noise = problem.statedNoise { settings.misfit = max(settings.misfit, noise / scale) }
    return settings
  }

  /// The last stage of a round: the complex residual, and from the new image the new phase.
  private mutating func addResidual(
    to drawn: ComplexArray, as name: String, choosing: Bool,
    _ report: (ReconstructionProgress) throws -> Void
  ) throws {
    let system = problem.system(relativeTo: phase)
    if choosing { chooseResidual() }
    let wavelets = WaveletResidual(settings: settings, drawn: drawn, share: residual.share)
    chosen["sparse share"] = Double(residual.share)
    chosen["residual weight"] = Double(residual.weight)
    let next = clock.measure("residual") {
      wavelets.image(
        system, problem.measurements, weight: residual.weight,
        from: relative(image), iterations: settings.residualIterations,
        averaged: settings.residualAveraged)
    }
    keep(next, as: name, system, iterations: settings.residualIterations)
    try report(
      ReconstructionProgress(
        stage: name, fraction: Double(iterationsDone) / Double(max(1, totalIterations)),
        misfit: stages.last?.misfit ?? 1))
  }

  /// Chooses weight and share for the generator's image of what is left when measurements are held out: its
  /// image of all data has seen those, and would be trusted too much.
  private mutating func chooseResidual() {
    let held = problem.heldOut(oneOf: 5, phase: phase, seed: settings.seed)
    var search =
      kept.map { ResidualSearch(kept: $0.residual) } ?? ResidualSearch(fallback: settings)
    if let held {
      let wavelets = wavelets(withoutSeeing: held)
      search = clock.measure("residual") {
        if let kept, wavelets.confirms(kept.residual, held) { return search }
        return wavelets.search(held)
      }
    }
    residual = search.choice
    choices.append(search.account(of: "weight of the residual"))
  }

  /// The residual about what the generator draws after two passes over the data that are left.
  private func wavelets(withoutSeeing held: HeldOutData) -> WaveletResidual {
    func image(_ wavelets: WaveletResidual, from start: ComplexArray, _ iterations: Int)
      -> ComplexArray
    {
      clock.measure("residual") {
        wavelets.image(
          held.fit, held.kept, weight: residual.weight, from: start, iterations: iterations)
      }
    }
    func wavelets(about image: ComplexArray) -> WaveletResidual {
      WaveletResidual(
        settings: settings, drawn: answer(to: image), share: settings.sparseShares[0])
    }
    let first =
      held.start
      ?? image(
        WaveletResidual(settings: settings, drawn: nil, share: 1),
        from: held.fit.adjoint(held.kept), settings.startIterations / 2)
    return wavelets(
      about: image(wavelets(about: first), from: first, settings.residualIterations))
  }

  /// What the generator draws of the encoder's answer to an image relative to the phase.
  private func answer(to image: ComplexArray) -> ComplexArray {
    clock.measure("generator") {
      EncoderAnswer(network: network, frame: latents.frame, views: settings.views)
        .image(to: image, scale: scale)
    }
  }

  /// Takes an image relative to the phase as the present one, and the phase from it.
  private mutating func keep(
    _ relativeImage: ComplexArray, as name: String, _ system: any LinearOperator, iterations: Int
  ) {
    let relativeImage = problem.admissible(relativeImage)
    record(relativeImage, as: name, system, iterations: iterations)
    image = product(relativeImage, phase)
    phase = problem.phase(of: image, width: settings.phaseWidth)
  }

  private mutating func record(
    _ relativeImage: ComplexArray, as name: String, _ system: any LinearOperator, iterations: Int
  ) {
    var misfit = system.forward(relativeImage)
    misfit.add(-1, times: problem.measurements)
    stages.append(
      Reconstruction.Stage(
        name: name, image: product(relativeImage, phase),
        misfit: misfit.squaredNorm.squareRoot() / norm, iterations: iterations))
  }

  /// The generator's image relative to the phase, in the problem's units.
  private func draw() -> ComplexArray {
    clock.measure("generator") {
      latents.frame.cut(latents.draw(origin?.deviations(point) ?? point).output, scale: scale)
    }
  }

  /// Images that measurements and prior allow beside the present one, `[rows, columns]`.
  ///
  /// For each, deviations are drawn from the encoder's posterior of the present image and noise of the
  /// scan's level is added to the measurements; then the wavelet residual brings what the generator draws
  /// of the deviations towards these measurements, as it did for the image itself. With a linear
  /// generator and Gaussian densities that would draw from the posterior (perturb and optimise, Papandreou
  /// and Yuille, NIPS 2010); here how far the draws can be believed is measured, see `SpreadScale`.
  func draws(_ count: Int) -> [ComplexArray] {
    guard count > 0 else { return [] }
    let answers = network.posterior(of: seen)
    let posterior = LatentOrigin(
      mean: latents.vector(answers.map(\.mean)), scale: latents.vector(answers.map(\.scale)))
    let noise = problem.noise()
    let system = problem.system(relativeTo: phase)
    let start = relative(image)
    let streams = RandomStream(seed: settings.seed).split(stream: 0xd7a5)
    return (0..<count).map { number in
      var random = streams.split(stream: UInt64(number))
      let u = posterior.mean.map { _ in random.normal() }
      let drawn = clock.measure("draws") {
        latents.frame.cut(latents.draw(posterior.deviations(u)).output, scale: scale)
      }
      var measurements = problem.measurements
      measurements.add(1, times: noise.draw(shape: measurements.shape, random: &random))
      let image = clock.measure("draws") {
        WaveletResidual(settings: settings, drawn: drawn, share: residual.share).image(
          system, measurements, weight: residual.weight, from: start,
          iterations: settings.residualIterations, averaged: settings.residualAveraged)
      }
      return product(image, phase)
    }
  }

  /// `image` with the phase taken off.
  private func relative(_ image: ComplexArray) -> ComplexArray {
    ComplexArray(
      shape: image.shape,
      values: zip(image.values, phase.values).map { $0 * $1.conjugate })
  }

  private func stageName(_ name: String, _ round: Int) -> String {
    round == 1 ? name : "\(name), round \(round)"
  }
}
