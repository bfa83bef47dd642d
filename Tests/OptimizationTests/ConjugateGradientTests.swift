import Arrays
import Numerics
import Optimization
import Testing

@Suite("Conjugate gradients")
struct ConjugateGradientTests {
  /// A Hermitian, positive definite matrix BᴴB + 1; real if asked.
  private func matrix(size: Int, real: Bool) -> ComplexArray {
    var factor = randomArray([size, size], seed: 4)
    if real { factor.values = factor.values.map { Complex($0.real, 0) } }
    var result = ComplexArray(zeros: [size, size])
    for row in 0..<size {
      for column in 0..<size {
        var sum: Complex<Float> = row == column ? .one : .zero
        for index in 0..<size {
          sum +=
            factor.values[index * size + row].conjugate * factor.values[index * size + column]
        }
        result.values[row * size + column] = sum
      }
    }
    return result
  }

  private func difference(_ a: ComplexArray, _ b: ComplexArray) -> Double {
    var difference = a
    difference.add(-1, times: b)
    return (difference.squaredNorm / b.squaredNorm).squareRoot()
  }

  @Test("solves definite systems", arguments: [(1, true), (5, true), (9, false), (13, false)])
  func solves(size: Int, real: Bool) {
    let matrix = matrix(size: size, real: real)
    var truth = randomArray([size], seed: 7)
    if real { truth.values = truth.values.map { Complex($0.real, 0) } }
    // A few more steps than dimensions, for single precision.
    let found = ConjugateGradient(iterations: 3 * size, tolerance: 1e-7).solve(
      product(matrix, truth), applying: { $1 = product(matrix, $0) }, report: { _ in })
    #expect(difference(found, truth) < 1e-4)
  }

  @Test("reports the true residual and a falling objective")
  func reports() {
    let matrix = matrix(size: 9, real: false)
    let b = randomArray([9], seed: 8)
    var objectives = [0.0]
    _ = ConjugateGradient(iterations: 6).solve(
      b, applying: { $1 = product(matrix, $0) },
      report: { step in
        let image = product(matrix, step.solution)
        let objective =
          step.solution.innerProduct(image).real / 2 - step.solution.innerProduct(b).real
        #expect(abs(objective - step.objective) < 1e-4 * abs(objective))
        #expect(abs(difference(image, b) - step.residual) < 1e-4)
        #expect(step.objective < objectives[objectives.count - 1])
        objectives.append(step.objective)
      })
    #expect(objectives.count == 7)
  }

  @Test("ends at the tolerance, at once for zero, and without curvature")
  func ends() {
    let b = randomArray([6], seed: 2)
    func iterations(_ b: ComplexArray, _ factor: Float) -> Int {
      var count = 0
      _ = ConjugateGradient(iterations: 20, tolerance: 1e-3).solve(
        b,
        applying: {
          $1 = $0
          $1.scale(by: factor)
        }, report: { _ in count += 1 })
      return count
    }
    #expect(iterations(b, 2) == 1)
    #expect(iterations(ComplexArray(zeros: [6]), 2) == 0)
    #expect(iterations(b, 0) == 0)
    #expect(iterations(b, .nan) == 1)
  }

  @Test("the callback can stop it")
  func stops() {
    struct Enough: Error {}
    let matrix = matrix(size: 9, real: false)
    var seen = 0
    #expect(throws: Enough.self) {
      _ = try ConjugateGradient(iterations: 9).solve(
        randomArray([9], seed: 1), applying: { $1 = product(matrix, $0) },
        report: {
          seen = $0.iteration
          if seen == 3 { throw Enough() }
        })
    }
    #expect(seen == 3)
  }
}
