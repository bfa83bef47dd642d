/// Limited-memory BFGS for smooth functions of a flat vector, with an optional projection.
///
/// Two-loop recursion with scaled identity (Nocedal & Wright 2006, algorithm 7.4). Without a
/// projection each step satisfies the strong Wolfe conditions (algorithms 3.5 and 3.6). With one,
/// the trial points are projected, the step is halved until the value falls enough, and curvature
/// pairs are those of the projected points: where the constraint is inactive it is the same method.
public struct LBFGS: Sendable, Equatable {
  /// Pairs of steps and gradient changes kept.
  public var memory: Int
  /// The share of the predicted decrease that a step must reach (c₁).
  public var sufficientDecrease = 1e-4
  /// The share of the slope that a step may leave (c₂).
  public var curvature = 0.9
  /// Evaluations that one step may take.
  public var evaluationsPerStep = 12

  /// The method with a number of curvature pairs.
  public init(memory: Int = 12) { self.memory = memory }

  /// Writes the gradient at a point into the second argument and returns the value.
  public typealias Objective = (_ point: [Float], _ gradient: inout [Float]) -> Double

  /// Where the minimisation stands after a step.
  public struct Iterate: Sendable {
    public let iteration: Int
    public let evaluations: Int
    public let value: Double
  }

  /// The last point, which has the least value of all accepted ones.
  public struct Result: Sendable {
    public let point: [Float]
    public let value: Double
    public let iterations: Int
    public let evaluations: Int
  }

  /// Minimises `objective` from `start` in at most `iterations` steps.
  ///
  /// It ends early where no step lowers the value any more: at a minimum, within rounding.
  ///
  /// - Parameters:
  ///   - project: moves a point to the nearest admissible one.
  ///   - observe: called after each step; what it throws ends the work.
  /// - Throws: what `observe` throws.
  public func minimise(
    from start: [Float], iterations: Int, project: ((inout [Float]) -> Void)? = nil,
    observe: (Iterate) throws -> Void, objective: Objective
  ) rethrows -> Result {
    var point = start
    project?(&point)
    var gradient = [Float](repeating: 0, count: start.count)
    var value = objective(point, &gradient)
    var evaluations = 1
    var history = CurvatureHistory(limit: memory)
    var iteration = 0
    while iteration < iterations {
      var direction = history.descent(gradient)
      var slope = dot(direction, gradient)
      if !(slope < 0) {
        history.removeAll()
        direction = history.descent(gradient)
        slope = dot(direction, gradient)
        if !(slope < 0) { break }
      }
      // The first step has no scale of its own: as long as the gradient, but at most 1 in l1.
      let sum = history.isEmpty ? gradient.reduce(0.0) { $0 + Double(abs($1)) } : 1
      var search = LineSearch(
        settings: self, start: point, direction: direction, value: value, gradient: gradient,
        slope: slope, project: project)
      let found = search.run(firstStep: min(1, 1 / sum), objective: objective)
      evaluations += search.evaluations
      guard let found else {
        // Not even a small step along this direction helps: once more from the plain gradient.
        if history.isEmpty { break }
        history.removeAll()
        continue
      }
      history.add(
        step: difference(found.point, point), change: difference(found.gradient, gradient))
      (point, value, gradient) = (found.point, found.value, found.gradient)
      iteration += 1
      try observe(Iterate(iteration: iteration, evaluations: evaluations, value: value))
    }
    return Result(point: point, value: value, iterations: iteration, evaluations: evaluations)
  }
}

/// The last steps and changes of the gradient, oldest first.
private struct CurvatureHistory {
  private struct Pair {
    let step: [Float]
    let change: [Float]
    let product: Double
  }

  let limit: Int
  private var pairs: [Pair] = []

  init(limit: Int) { self.limit = limit }

  var isEmpty: Bool { pairs.isEmpty }

  mutating func removeAll() { pairs = [] }

  /// Keeps the pair if it shows positive curvature; else the inverse Hessian would not be definite.
  mutating func add(step: [Float], change: [Float]) {
    let product = dot(step, change)
    guard product > 1e-10 * dot(change, change).squareRoot() * dot(step, step).squareRoot() else {
      return
    }
    if pairs.count == limit { pairs.removeFirst() }
    if limit > 0 { pairs.append(Pair(step: step, change: change, product: product)) }
  }

  /// −H g by the two-loop recursion.
  func descent(_ gradient: [Float]) -> [Float] {
    var q = gradient
    scale(&q, by: -1)
    var weights: [Double] = []
    for pair in pairs.reversed() {
      let weight = dot(pair.step, q) / pair.product
      weights.append(weight)
      accumulate(Float(-weight), times: pair.change, to: &q)
    }
    if let last = pairs.last {
      scale(&q, by: Float(last.product / dot(last.change, last.change)))
    }
    for (pair, weight) in zip(pairs, weights.reversed()) {
      let correction = weight - dot(pair.change, q) / pair.product
      accumulate(Float(correction), times: pair.step, to: &q)
    }
    return q
  }
}
