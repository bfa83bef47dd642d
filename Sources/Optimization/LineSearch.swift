/// One step of L-BFGS: how far to go along a direction.
struct LineSearch {
  struct Trial {
    var step: Double
    var point: [Float]
    var value: Double
    var gradient: [Float]
    /// The derivative along the direction.
    var slope: Double

    /// Neither the value nor the gradient has left the numbers.
    var isFinite: Bool { value.isFinite && slope.isFinite }
  }

  let settings: LBFGS
  let start: [Float]
  let direction: [Float]
  let value: Double
  let gradient: [Float]
  let slope: Double
  let project: ((inout [Float]) -> Void)?
  let spares: SpareVectors
  private(set) var evaluations = 0

  init(
    settings: LBFGS, start: [Float], direction: [Float], value: Double, gradient: [Float],
    slope: Double, project: ((inout [Float]) -> Void)?, spares: SpareVectors
  ) {
    (self.settings, self.start, self.direction) = (settings, start, direction)
    (self.value, self.gradient, self.slope, self.project) = (value, gradient, slope, project)
    self.spares = spares
  }

  /// The accepted trial; nil if no trial lowers the value enough.
  mutating func run(firstStep: Double, objective: LBFGS.Objective) -> Trial? {
    project == nil
      ? strongWolfe(firstStep: firstStep, objective: objective)
      : projectedArmijo(firstStep: firstStep, objective: objective)
  }

  private func point(_ step: Double) -> [Float] {
    var point = spares.take()
    sum(start, Float(step), times: direction, into: &point)
    project?(&point)
    return point
  }

  private mutating func evaluate(
    _ point: [Float], _ step: Double, _ objective: LBFGS.Objective
  ) -> Trial {
    var slopes = spares.take()
    let value = objective(point, &slopes)
    evaluations += 1
    return Trial(
      step: step, point: point, value: value, gradient: slopes, slope: dot(slopes, direction))
  }

  /// Halves the step until the projected point lowers the value by a share of what the gradient
  /// predicts (Bertsekas 1976).
  private mutating func projectedArmijo(
    firstStep: Double, objective: LBFGS.Objective
  ) -> Trial? {
    var step = firstStep
    while evaluations < settings.evaluationsPerStep {
      let point = point(step)
      // The direction leads straight out of the set; a shorter step would lead nowhere either.
      if point == start { return nil }
      let trial = evaluate(point, step, objective)
      var moved = spares.take()
      sum(point, -1, times: start, into: &moved)
      let predicted = dot(gradient, moved)
      spares.give(moved)
      if trial.isFinite, predicted < 0,
        trial.value <= value + settings.sufficientDecrease * predicted
      {
        return trial
      }
      step *= trial.isFinite ? 0.5 : 0.1
      spares.give(trial.point)
      spares.give(trial.gradient)
    }
    return nil
  }

  /// Brackets a step and closes in on it (Nocedal & Wright 2006, algorithms 3.5 and 3.6).
  private mutating func strongWolfe(firstStep: Double, objective: LBFGS.Objective) -> Trial? {
    var previous = Trial(
      step: 0, point: start, value: value, gradient: gradient, slope: slope)
    var step = firstStep
    while evaluations < settings.evaluationsPerStep {
      let trial = evaluate(point(step), step, objective)
      if !trial.isFinite {
        step = previous.step + 0.1 * (step - previous.step)
        continue
      }
      if !decreases(trial) || (previous.step > 0 && trial.value >= previous.value) {
        return zoom(low: previous, high: trial, objective)
      }
      if abs(trial.slope) <= settings.curvature * abs(slope) { return trial }
      if trial.slope >= 0 { return zoom(low: trial, high: previous, objective) }
      step = extrapolated(previous, trial)
      previous = trial
    }
    return previous.step > 0 ? previous : nil
  }

  private func decreases(_ trial: Trial) -> Bool {
    trial.value <= value + settings.sufficientDecrease * trial.step * slope
  }

  private mutating func zoom(
    low: Trial, high: Trial, _ objective: LBFGS.Objective
  ) -> Trial? {
    var (low, high) = (low, high)
    // Single precision does not tell nearer points apart.
    let finest = 1e-9 * (dot(start, start) / dot(direction, direction)).squareRoot()
    while evaluations < settings.evaluationsPerStep {
      let width = abs(high.step - low.step)
      if width <= finest { break }
      var step = cubicMinimum(low, high)
      // Well inside the bracket, so that it shrinks.
      let (left, right) = (min(low.step, high.step), max(low.step, high.step))
      step = min(max(step, left + 0.1 * width), right - 0.1 * width)
      let trial = evaluate(point(step), step, objective)
      if !trial.isFinite || !decreases(trial) || trial.value >= low.value {
        high = trial
        if !trial.isFinite { (high.value, high.slope) = (.greatestFiniteMagnitude, 1) }
      } else {
        if abs(trial.slope) <= settings.curvature * abs(slope) { return trial }
        if trial.slope * (high.step - low.step) >= 0 { high = low }
        low = trial
      }
    }
    return low.step > 0 ? low : nil
  }

  /// Two to ten times the last step, by the cubic through the last two trials.
  private func extrapolated(_ first: Trial, _ second: Trial) -> Double {
    min(max(cubicMinimum(first, second), 2 * second.step), 10 * second.step)
  }

  /// The minimum of the cubic that has both values and slopes; the middle where it has none.
  ///
  /// Nocedal & Wright 2006, equation 3.59.
  private func cubicMinimum(_ a: Trial, _ b: Trial) -> Double {
    let middle = (a.step + b.step) / 2
    let first = a.slope + b.slope - 3 * (a.value - b.value) / (a.step - b.step)
    let square = first * first - a.slope * b.slope
    guard square >= 0 else { return middle }
    let second = (b.step > a.step ? 1.0 : -1.0) * square.squareRoot()
    let step =
      b.step - (b.step - a.step) * (b.slope + second - first) / (b.slope - a.slope + 2 * second)
    return step.isFinite ? step : middle
  }
}
