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
    let spares = SpareVectors(count: start.count)
    var gradient = spares.take()
    var value = objective(point, &gradient)
    var evaluations = 1
    var history = CurvatureHistory(limit: memory, spares: spares)
    var direction = spares.take()
    var iteration = 0
    while iteration < iterations {
      var slope = history.descent(gradient, into: &direction)
      if !(slope < 0) {
        history.removeAll()
        slope = history.descent(gradient, into: &direction)
        if !(slope < 0) { break }
      }
      // The first step has no scale of its own: as long as the gradient, but at most 1 in l1.
      let sum = history.isEmpty ? absoluteSum(gradient) : 1
      var search = LineSearch(
        settings: self, start: point, direction: direction, value: value, gradient: gradient,
        slope: slope, project: project, spares: spares)
      let found = search.run(firstStep: min(1, 1 / sum), objective: objective)
      evaluations += search.evaluations
      guard let found else {
        // Not even a small step along this direction helps: once more from the plain gradient.
        if history.isEmpty { break }
        history.removeAll()
        continue
      }
      // The search's references must go, or what is changed below would be copied.
      _ = consume search
      history.add(from: (point, gradient), to: (found.point, found.gradient))
      swap(&point, to: found.point, spares)
      swap(&gradient, to: found.gradient, spares)
      value = found.value
      iteration += 1
      try observe(Iterate(iteration: iteration, evaluations: evaluations, value: value))
    }
    return Result(point: point, value: value, iterations: iteration, evaluations: evaluations)
  }

  /// Replaces `vector` and keeps the old one for later.
  private func swap(_ vector: inout [Float], to next: [Float], _ spares: SpareVectors) {
    let old = vector
    vector = next
    spares.give(old)
  }
}

/// The last steps and changes of the gradient, oldest first.
private struct CurvatureHistory {
  private struct Pair {
    let step: [Float]
    let change: [Float]
    /// step · change.
    let product: Double
    /// change · change.
    let square: Double
  }

  let limit: Int
  let spares: SpareVectors
  private var pairs: [Pair] = []

  init(limit: Int, spares: SpareVectors) { (self.limit, self.spares) = (limit, spares) }

  var isEmpty: Bool { pairs.isEmpty }

  mutating func removeAll() {
    while let pair = pairs.popLast() {
      spares.give(pair.step)
      spares.give(pair.change)
    }
  }

  /// Keeps the pair if it shows positive curvature; else the inverse Hessian would not be definite.
  mutating func add(
    from old: (point: [Float], gradient: [Float]), to new: (point: [Float], gradient: [Float])
  ) {
    if limit == 0 { return }
    var (step, change) = (spares.take(), spares.take())
    sum(new.point, -1, times: old.point, into: &step)
    sum(new.gradient, -1, times: old.gradient, into: &change)
    let (product, square) = (dot(step, change), dot(change, change))
    guard product > 1e-10 * square.squareRoot() * dot(step, step).squareRoot() else {
      spares.give(step)
      spares.give(change)
      return
    }
    if pairs.count == limit {
      let oldest = pairs.removeFirst()
      spares.give(oldest.step)
      spares.give(oldest.change)
    }
    pairs.append(Pair(step: step, change: change, product: product, square: square))
  }

  /// Writes −H g, by the two-loop recursion, and returns its product with g.
  ///
  /// Each update of the vector and the next inner product are one pass over it.
  func descent(_ gradient: [Float], into q: inout [Float]) -> Double {
    sum(gradient, -2, times: gradient, into: &q)  // −g
    guard let last = pairs.last else { return dot(q, gradient) }
    var weights = [Double](repeating: 0, count: pairs.count)
    var product = dot(last.step, q)
    for index in pairs.indices.reversed() {
      let pair = pairs[index]
      weights[index] = product / pair.product
      product = accumulate(
        Float(-weights[index]), times: pair.change, to: &q,
        dot: index > 0 ? pairs[index - 1].step : pairs[0].change)
    }
    // The product is now that of the oldest change with the vector before it is scaled.
    let factor = Float(last.product / last.square)
    scale(&q, by: factor)
    product *= Double(factor)
    for index in pairs.indices {
      let pair = pairs[index]
      product = accumulate(
        Float(weights[index] - product / pair.product), times: pair.step, to: &q,
        dot: index + 1 < pairs.count ? pairs[index + 1].change : gradient)
    }
    return product
  }
}
