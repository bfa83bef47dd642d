import Arrays

/// Notes the points of a run and keeps the time that this takes out of them.
struct ConvergenceRecorder {
  private(set) var run: ConvergenceRun
  private let every: Int
  private let reference: RealArray
  private var elapsed = Duration.zero
  private var resumed = ContinuousClock.now

  /// Notes each `every`th iteration; the solver starts now.
  init(run: ConvergenceRun, every: Int, reference: RealArray) {
    self.run = run
    self.every = every
    self.reference = reference
  }

  mutating func record(
    _ iteration: Int, _ image: ComplexArray, _ objective: (ComplexArray) -> Double
  ) {
    elapsed += ContinuousClock.now - resumed
    if iteration % every == 0 {
      run.points.append(
        ConvergenceRun.Point(
          iteration: iteration, seconds: elapsed / .seconds(1), objective: objective(image),
          nmse: nmse(image)))
    }
    resumed = ContinuousClock.now
  }

  private func nmse(_ image: ComplexArray) -> Double {
    var (error, energy) = (0.0, 0.0)
    for (value, wanted) in zip(image.magnitudes.values, reference.values) {
      let difference = Double(value) - Double(wanted)
      error += difference * difference
      energy += Double(wanted) * Double(wanted)
    }
    return error / energy
  }
}
