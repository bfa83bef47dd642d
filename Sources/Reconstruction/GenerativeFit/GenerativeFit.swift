import Arrays
import LinearOperators

/// One image on its way through the starts and rounds of a method with a generator.
struct GenerativeFit<Model: GenerativeModel> {
  private let problem: any InverseProblem
  private let model: Model
  private let plan: FitPlan
  private let norm: Double
  private var iterationsDone = 0

  /// What images are relative to, `[rows, columns]`.
  private var phase: ComplexArray
  /// From the generator's units to those of the problem.
  private var scale: Float = 1
  /// The present complex image, `[rows, columns]`, scaled as the problem.
  private var image: ComplexArray
  private var recorded: StageList
  private var chosen: [String: Double] = [:]
  private let clock = WorkClock()

  /// Throws `CalibrationError` if the mask leaves no calibration line for the first phase.
  init(problem: any InverseProblem, model: Model, plan: FitPlan) throws {
    self.problem = problem
    self.model = model
    self.plan = plan
    norm = problem.measurements.squaredNorm.squareRoot()
    recorded = StageList(problem)
    phase = try problem.firstPhase()
    image = ComplexArray(zeros: problem.system.domain)
  }

  /// Does all the work.
  ///
  /// Throws `ReconstructionError.diverged` in the name of `method`, or what `report` throws.
  static func reconstruction(
    of problem: any InverseProblem, by method: String, model: Model, plan: FitPlan,
    report: (ReconstructionProgress) throws -> Void
  ) throws -> Reconstruction {
    var fit = try GenerativeFit(problem: problem, model: model, plan: plan)
    try fit.run(report: report)
    try requireFinite(fit.image, of: method)
    return Reconstruction(
      image: fit.image, stages: fit.recorded.stages, chosen: fit.chosen,
      seconds: fit.clock.seconds)
  }

  private mutating func run(report: (ReconstructionProgress) throws -> Void) throws {
    try report(ReconstructionProgress(stage: "start", fraction: 0, misfit: 1))
    let first = clock.measure("residual") {
      FirstImage(problem, phase: phase, settings: plan.stage)
    }
    recorded.add(first.image, as: first.name, iterations: plan.stage.startIterations)
    (phase, scale) = (first.phase, first.scale)

    var best: Outcome?
    for start in 0..<plan.starts {
      let found = try fit(
        from: model.start(start), plan.iterations, round: 0, as: model.startName(start), report)
      // One that is not a number is never the best; where all are, the method says so in the end.
      if let best, !(found.misfit < best.misfit) { continue }
      best = found
      chosen["best start"] = Double(start)
    }
    guard var best else { return }
    for (index, iterations) in plan.refinements.enumerated() {
      take(best)
      renewPhase()
      best = try fit(
        from: best.point, iterations, round: index + 1, as: "best, round \(index + 2)", report)
    }
    take(best)
    if plan.fitsScale { chosen["scale"] = Double(scale) }
    if plan.addsResidual {
      let (next, weight) = residual()
      chosen["residual weight"] = Double(weight)
      image = next
      recorded.add(image, as: "residual", iterations: plan.stage.residualIterations)
    }
    try report(
      ReconstructionProgress(
        stage: recorded.stages.last?.name ?? "", fraction: 1,
        misfit: recorded.stages.last?.misfit ?? 1))
  }

  /// What a fit came to.
  private struct Outcome {
    let point: [Float]
    let scale: Float
    /// The complex image.
    let image: ComplexArray
    /// ‖A x − y‖ / ‖y‖.
    let misfit: Double
    let chosen: [String: Double]
  }

  private mutating func take(_ outcome: Outcome) {
    (scale, image) = (outcome.scale, outcome.image)
    chosen.merge(outcome.chosen) { $1 }
  }

  /// The vector found from `point`, its image and its misfit.
  private mutating func fit(
    from point: [Float], _ iterations: Int, round: Int, as name: String,
    _ report: (ReconstructionProgress) throws -> Void
  ) throws -> Outcome {
    let target = FitTarget(
      problem: problem, phase: phase, system: problem.system(relativeTo: phase), scale: scale,
      fitsScale: plan.fitsScale, round: round, clock: clock)
    let done = iterationsDone
    let found = try model.fit(from: point, iterations: iterations, to: target) {
      iteration, misfit in
      try report(
        ReconstructionProgress(
          stage: name,
          fraction: Double(done + iteration) / Double(plan.totalIterations + 1),
          misfit: misfit.squareRoot() / norm))
    }
    iterationsDone += iterations
    let scale = plan.fitsScale ? fittedScale(found.point, target) : scale
    let image = product(
      clock.measure("generator") { model.image(of: found.point, scale: scale) }, phase)
    let misfit = recorded.add(image, as: name, iterations: iterations)
    return Outcome(
      point: found.point, scale: scale, image: image, misfit: misfit, chosen: found.chosen)
  }

  /// s with the least ‖A x − y‖² for a vector; the present one where that is no positive number.
  private func fittedScale(_ point: [Float], _ target: FitTarget) -> Float {
    let (added, whole) = clock.measure("generator") {
      (model.image(of: point, scale: 0), model.image(of: point, scale: 1))
    }
    let rest = target.system.forward(added)
    var (drawn, wanted) = (target.system.forward(whole), target.measurements)
    drawn.add(-1, times: rest)
    wanted.add(-1, times: rest)
    return bestScale(drawn, wanted) ?? scale
  }

  /// Takes the phase anew from the image that the residual brings to the measurements: the generator
  /// draws images without a smooth phase, and so hardly tells a better one itself.
  private mutating func renewPhase() {
    let nearer = residual().image
    phase = problem.phase(of: nearer, width: plan.stage.phaseWidth)
  }

  /// The present image with a residual that is sparse in wavelets, and the weight chosen for it.
  private func residual() -> (image: ComplexArray, weight: Float) {
    let stage = plan.stage
    return clock.measure("residual") {
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
