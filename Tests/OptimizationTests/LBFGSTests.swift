import Arrays
import Numerics
import Testing

@testable import Optimization

@Suite("L-BFGS")
struct LBFGSTests {
  private struct Enough: Error {}

  /// Σ 100 (x[i+1] − x[i]²)² + (1 − x[i])², least at (1, …, 1).
  private func rosenbrock(_ x: [Float], _ gradient: inout [Float]) -> Double {
    var (value, slopes) = (0.0, [Double](repeating: 0, count: x.count))
    for index in 0..<x.count - 1 {
      let (here, next) = (Double(x[index]), Double(x[index + 1]))
      let (bend, rest) = (next - here * here, 1 - here)
      value += 100 * bend * bend + rest * rest
      slopes[index] += -400 * bend * here - 2 * rest
      slopes[index + 1] += 200 * bend
    }
    gradient = slopes.map { Float($0) }
    return value
  }

  /// ½ xᵀ Q x − bᵀ x with Q symmetric and positive definite, not diagonal.
  private struct Quadratic {
    let size: Int
    let matrix: [Double]
    var linear: [Double]

    /// The matrix B Bᵀ / size + `least`, B random.
    init(size: Int, least: Double, seed: UInt64) {
      var random = RandomStream(seed: seed)
      let factor = (0..<size * size).map { _ in Double(random.normal()) }
      self.size = size
      var matrix = [Double](repeating: 0, count: size * size)
      for row in 0..<size {
        for column in 0..<size {
          let sum = (0..<size).reduce(0.0) {
            $0 + factor[row * size + $1] * factor[column * size + $1]
          }
          matrix[row * size + column] = sum / Double(size) + (row == column ? least : 0)
        }
      }
      self.matrix = matrix
      linear = [Double](repeating: 0, count: size)
    }

    func gradient(_ x: [Float]) -> [Double] {
      (0..<size).map { row in
        (0..<size).reduce(-linear[row]) { $0 + matrix[row * size + $1] * Double(x[$1]) }
      }
    }

    /// Chooses the linear term so that the gradient at `x` is `wanted`.
    mutating func setGradient(_ wanted: [Double], at x: [Float]) {
      linear = [Double](repeating: 0, count: size)
      linear = zip(gradient(x), wanted).map { $0 - $1 }
    }

    func callAsFunction(_ x: [Float], _ gradient: inout [Float]) -> Double {
      let slopes = self.gradient(x)
      gradient = slopes.map { Float($0) }
      return zip(x, zip(slopes, linear)).reduce(0) { $0 + Double($1.0) * ($1.1.0 - $1.1.1) / 2 }
    }
  }

  private func distance(_ a: [Float], _ b: [Float]) -> Float {
    zip(a, b).map { abs($0 - $1) }.max() ?? 0
  }

  @Test("finds the minimum of Rosenbrock's function", arguments: [2, 3, 10, 50], [-1.2, 0, 2.5])
  func rosenbrock(dimensions: Int, start: Float) {
    let result = LBFGS().minimise(
      from: (0..<dimensions).map { $0 % 2 == 0 ? start : 1 }, iterations: 1000, observe: { _ in },
      objective: rosenbrock)
    #expect(distance(result.point, [Float](repeating: 1, count: dimensions)) < 1e-3)
    #expect(result.value < 1e-6)
    #expect(result.iterations < 40 + 10 * dimensions)
  }

  @Test("needs far fewer gradients than steepest descent where the scales differ")
  func illConditioned() {
    let curvatures = (0..<20).map { Double.pow(10, 4 * Double($0) / 19) }
    func objective(_ x: [Float], _ gradient: inout [Float]) -> Double {
      gradient = zip(curvatures, x).map { Float($0 * Double($1)) }
      return zip(curvatures, x).reduce(0) { $0 + $1.0 * Double($1.1) * Double($1.1) / 2 }
    }
    let start = [Float](repeating: 1, count: 20)
    let found = LBFGS().minimise(
      from: start, iterations: 200, observe: { _ in }, objective: objective)
    var (point, gradient) = (start, start)
    let first = objective(point, &gradient)
    for _ in 0..<found.evaluations {
      _ = objective(point, &gradient)
      // The longest safe step.
      for index in point.indices { point[index] -= 1e-4 * gradient[index] }
    }
    #expect(found.value < 1e-6 * first)
    #expect(objective(point, &gradient) > 100 * found.value)
  }

  @Test(
    "accepted steps meet the strong Wolfe conditions", arguments: [1e-3, 1, 100],
    [1e-4, 0.1, 0.9])
  func strongWolfe(firstStep: Double, curvature: Double) throws {
    var random = RandomStream(seed: 8)
    for _ in 0..<20 {
      let start = (0..<6).map { _ in random.normal() }
      var gradient = start
      let value = rosenbrock(start, &gradient)
      let direction = zip(gradient, start).map { -$0.0 + 0.1 * $0.1 }
      let slope = dot(direction, gradient)
      try #require(slope < 0)
      var settings = LBFGS()
      settings.curvature = curvature
      settings.evaluationsPerStep = 60
      settings.sufficientDecrease = min(1e-4, curvature / 2)
      var search = LineSearch(
        settings: settings, start: start, direction: direction, value: value, gradient: gradient,
        slope: slope, project: nil, spares: SpareVectors(count: start.count))
      let trial = search.run(firstStep: firstStep, objective: rosenbrock)
      let found = try #require(trial)
      // What the trial says of itself is so.
      var check = start
      #expect(rosenbrock(found.point, &check) == found.value)
      #expect(check == found.gradient)
      #expect(found.value <= value + settings.sufficientDecrease * found.step * slope)
      #expect(abs(dot(found.gradient, direction)) <= curvature * abs(slope))
    }
  }

  @Test("reaches the known solution in a box", arguments: [1.0, 1e-3] as [Double])
  func box(least: Double) {
    let size = 30
    var quadratic = Quadratic(size: size, least: least, seed: 2)
    // A third at either bound, with the gradient holding them there, a third free.
    let solution = (0..<size).map { [0, 0.3 + 0.01 * Float($0), 1][$0 % 3] }
    let slopes = (0..<size).map { [0.5, 0, -0.2 - 0.01 * Double($0)][$0 % 3] }
    quadratic.setGradient(slopes, at: solution)
    let result = LBFGS().minimise(
      from: [Float](repeating: 3, count: size), iterations: 400,
      project: { $0 = $0.map { min(1, max(0, $0)) } }, observe: { _ in },
      objective: { quadratic($0, &$1) })
    #expect(distance(result.point, solution) < 1e-3)
    // Rounding decides: over eight seeds of the matrix it takes 96 to 308 iterations.
    #expect(result.iterations < 320)
  }

  @Test("reaches the known solution in an l1 ball", arguments: [1.0, 0.03] as [Double])
  func ball(least: Double) {
    let size = 30
    var quadratic = Quadratic(size: size, least: least, seed: 3)
    let solution = (0..<size).map { [0, 0, 1 + 0.1 * Float($0), -0.7][$0 % 4] }
    let slopes = (0..<size).map { [0.3, -0.4, -0.5, 0.5][$0 % 4] }
    quadratic.setGradient(slopes, at: solution)
    let radius = solution.reduce(0) { $0 + Double(abs($1)) }
    let result = LBFGS().minimise(
      from: [Float](repeating: 3, count: size), iterations: 400,
      project: { $0.withUnsafeMutableBufferPointer { L1Ball(radius: radius).project($0) } },
      observe: { _ in }, objective: { quadratic($0, &$1) })
    // The solution's gradient is not zero, so single precision leaves the value 2e-6 uncertain, and
    // the point the root of that over the least curvature.
    var unused = solution
    #expect(abs(result.value - quadratic(solution, &unused)) < 5e-6)
    #expect(distance(result.point, solution) < 5e-3)
    #expect(result.iterations < 150)
    #expect(result.point.reduce(0) { $0 + Double(abs($1)) } <= radius * (1 + 1e-6))
  }

  @Test("a constraint that never binds does not matter")
  func inactive() {
    var quadratic = Quadratic(size: 12, least: 0.1, seed: 4)
    let solution = (0..<12).map { Float($0) / 12 - 0.5 }
    quadratic.setGradient([Double](repeating: 0, count: 12), at: solution)
    let result = LBFGS().minimise(
      from: [Float](repeating: 2, count: 12), iterations: 200,
      project: { $0.withUnsafeMutableBufferPointer { L1Ball(radius: 100).project($0) } },
      observe: { _ in }, objective: { quadratic($0, &$1) })
    #expect(distance(result.point, solution) < 1e-4)
  }

  @Test("the value never rises and the counts are true", arguments: [false, true])
  func accounts(projected: Bool) {
    let start = [Float](repeating: -0.7, count: 8)
    var (calls, seen): (Int, [LBFGS.Iterate]) = (0, [])
    var unused = start
    var last = rosenbrock(start, &unused)
    let result = LBFGS(memory: 5).minimise(
      from: start, iterations: 25,
      project: projected ? { $0 = $0.map { min(0.8, max(-0.8, $0)) } } : nil,
      observe: {
        #expect($0.value <= last)
        #expect($0.evaluations == calls)
        last = $0.value
        seen.append($0)
      },
      objective: {
        calls += 1
        return rosenbrock($0, &$1)
      })
    #expect(seen.map(\.iteration) == Array(1...25))
    #expect(result.iterations == 25)
    #expect(result.evaluations == calls)
    #expect(result.value == last)
    #expect(rosenbrock(result.point, &unused) == last)
  }

  @Test("takes no step more than asked", arguments: [0, 1, 7])
  func limit(iterations: Int) {
    var seen = 0
    let result = LBFGS().minimise(
      from: [0, 0, 0], iterations: iterations, observe: { _ in seen += 1 }, objective: rosenbrock)
    #expect(seen == iterations)
    #expect(result.iterations == iterations)
  }

  @Test("ends at a minimum, free or held by the constraint, and where there is no slope")
  func ends() {
    let there = LBFGS().minimise(
      from: [1, 1], iterations: 50, observe: { _ in }, objective: rosenbrock)
    #expect(there.iterations == 0 && there.evaluations == 1 && there.point == [1, 1])
    // x² + x over x ≥ 0.
    let held = LBFGS().minimise(
      from: [2], iterations: 50, project: { $0[0] = max(0, $0[0]) }, observe: { _ in },
      objective: {
        $1 = [2 * $0[0] + 1]
        return Double($0[0] * $0[0] + $0[0])
      })
    #expect(held.point == [0] && held.iterations < 5 && held.evaluations < 10)
    let flat = LBFGS().minimise(
      from: [3, 4], iterations: 50, observe: { _ in },
      objective: {
        $1 = [0, 0]
        return 1
      })
    #expect(flat.point == [3, 4] && flat.iterations == 0)
  }

  @Test("the observer can stop it")
  func stops() {
    var seen = 0
    #expect(throws: Enough.self) {
      _ = try LBFGS().minimise(
        from: [0, 0, 0], iterations: 50,
        observe: {
          seen = $0.iteration
          if seen == 3 { throw Enough() }
        }, objective: rosenbrock)
    }
    #expect(seen == 3)
  }

  @Test(
    "survives trials that are not finite", arguments: [Double.nan, .infinity, -.infinity],
    [false, true])
  func notFinite(wrong: Double, projected: Bool) {
    // Σ x − log x, least at 1 and not defined below 0; the third kind has a gradient only.
    var strayed = 0
    let result = LBFGS().minimise(
      from: [0.01, 30, 2], iterations: 100,
      project: projected ? { $0 = $0.map { min(50, $0) } } : nil, observe: { _ in },
      objective: {
        $1 = $0.map { 1 - 1 / $0 }
        if $0.contains(where: { $0 <= 0 }) {
          strayed += 1
          return wrong
        }
        return $0.reduce(0) { $0 + Double($1) - Double.log(Double($1)) }
      })
    #expect(strayed > 0)
    #expect(distance(result.point, [1, 1, 1]) < 1e-3)
  }

  @Test("takes no step onto a point without a gradient", arguments: [false, true])
  func noGradient(projected: Bool) {
    let result = LBFGS().minimise(
      from: [4], iterations: 30, project: projected ? { $0[0] = max(-9, $0[0]) } : nil,
      observe: { _ in },
      objective: {
        // x², whose gradient is lost below 1.
        $1 = [$0[0] < 1 ? .nan : 2 * $0[0]]
        return Double($0[0] * $0[0])
      })
    #expect(result.point[0] >= 1 && result.point[0] < 1.5)
  }

  @Test("a start that is not finite is given back")
  func badStart() {
    let result = LBFGS().minimise(
      from: [1, 2], iterations: 9, observe: { _ in },
      objective: {
        $1 = [.nan, .nan]
        return .nan
      })
    #expect(result.point == [1, 2] && result.iterations == 0)
  }
}
