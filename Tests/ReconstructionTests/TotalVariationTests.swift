import Arrays
import LinearOperators
import Numerics
import Reconstruction
import Testing

@Suite("Total variation")
struct TotalVariationTests {
  private func objective(
    _ problem: ReconstructionProblem, _ x: ComplexArray, _ weight: Double
  ) -> Double {
    var unused = x
    let differences = FiniteDifferenceOperator(shape: x.shape).forward(x)
    var variation = 0.0
    for index in 0..<x.count {
      let square =
        differences.values[index].lengthSquared
        + differences.values[x.count + index].lengthSquared
      variation += Double(square).squareRoot()
    }
    return problem.system.dataLoss(x, measurements: problem.measurements, into: &unused)
      + weight * variation
  }

  /// Primal-dual hybrid gradients by operators alone.
  ///
  /// Source: Condat, J. Optim. Theory Appl. 158:460 (2013), algorithm 3.1. At the end
  /// −∇f = Dᵀ p with |p| ≤ λ, whose mismatch is returned.
  private func slowly(
    _ problem: ReconstructionProblem, _ weight: Float, iterations: Int
  ) -> (image: ComplexArray, mismatch: Double) {
    let differences = FiniteDifferenceOperator(shape: problem.system.domain)
    let (tau, sigma): (Float, Float) = (1, 0.0625)
    var x = problem.system.adjoint(problem.measurements)
    var dual = ComplexArray(zeros: differences.codomain)
    var mismatch = 0.0
    for _ in 0..<iterations {
      var slope = x
      _ = problem.system.dataLoss(x, measurements: problem.measurements, into: &slope)
      slope.add(1, times: differences.adjoint(dual))
      mismatch = slope.squaredNorm.squareRoot()
      var ahead = x
      ahead.add(-2 * tau, times: slope)
      x.add(-tau, times: slope)
      dual.add(sigma, times: differences.forward(ahead))
      for index in 0..<x.count {
        let (a, b) = (dual.values[index], dual.values[x.count + index])
        let length = (a.lengthSquared + b.lengthSquared).squareRoot()
        if length > weight {
          dual.values[index] = a.multiplied(by: weight / length)
          dual.values[x.count + index] = b.multiplied(by: weight / length)
        }
      }
    }
    return (x, mismatch)
  }

  @Test("reaches the minimum that a slow primal-dual solver reaches")
  func minimum() throws {
    let problem = try UndersampledPhantom(acceleration: 4, noise: 0.02).problem
    let weight: Float = 0.02
    let (slow, mismatch) = slowly(problem, weight, iterations: 20000)
    #expect(mismatch < 1e-3 * problem.system.adjoint(problem.measurements).squaredNorm.squareRoot())
    let best = objective(problem, slow, Double(weight))
    let fast = try run(TotalVariation(regularisation: .fixed(weight), iterations: 400), problem)
      .image
    // Measured: 7e-7 below; the default's 30 iterations are 7e-6 above.
    #expect(objective(problem, fast, Double(weight)) < best * 1.0002)
    let short = try run(TotalVariation(regularisation: .fixed(weight)), problem).image
    #expect(objective(problem, short, Double(weight)) < best * 1.0002)
  }

  @Test("its generalisation is near its minimum by default, and not the same as it")
  func generalized() throws {
    let problem = try UndersampledPhantom(acceleration: 4, noise: 0.02).problem
    let short = try run(TotalGeneralizedVariation(), problem).image
    let long = try run(TotalGeneralizedVariation(iterations: 300, innerSteps: 200), problem).image
    func distance(_ a: ComplexArray, _ b: ComplexArray) -> Double {
      var difference = a
      difference.add(-1, times: b)
      return (difference.squaredNorm / b.squaredNorm).squareRoot()
    }
    #expect(distance(short, long) < 0.02, "\(distance(short, long))")
    let plain = try run(TotalVariation(), problem).image
    #expect(distance(short, plain) > 0.002, "\(distance(short, plain))")
    #expect(throws: ReconstructionError.self) {
      _ = try run(TotalGeneralizedVariation(ratio: 0), problem)
    }
  }
}
