import Arrays
import Numerics
import Optimization
import Testing

@Suite("FISTA")
struct FISTATests {
  /// min ½‖B x − b‖² + λ‖x‖₁ with fewer rows than columns.
  private let matrix: ComplexArray
  private let data: ComplexArray
  private let weight: Float = 2
  /// Constant momentum diverges at twice this.
  private let step: Float

  init() {
    matrix = randomArray([8, 12], seed: 5)
    data = randomArray([8], seed: 6)
    step = Float(2 / matrix.squaredNorm)
  }

  private func gradient(_ x: ComplexArray, _ result: inout ComplexArray) -> Double {
    var residual = product(matrix, x)
    residual.add(-1, times: data)
    result = product(matrix, residual, adjoint: true)
    return residual.squaredNorm / 2
  }

  private func shrink(_ x: inout ComplexArray, _ threshold: Float) {
    for index in x.values.indices {
      let length = x.values[index].length
      x.values[index] =
        length <= threshold * weight
        ? .zero : x.values[index].multiplied(by: 1 - threshold * weight / length)
    }
  }

  private func objective(_ x: ComplexArray) -> Double {
    var unused = x
    return gradient(x, &unused) + Double(weight) * x.values.reduce(0) { $0 + Double($1.length) }
  }

  static let solvers: [(FISTA.Momentum, FISTA.Continuation?, Int)] = [
    (.growing(restarts: true), nil, 1), (.growing(restarts: false), nil, 1),
    (.constant(0.9), nil, 1),
    (.constant(0.9), FISTA.Continuation(start: 16, decay: 0.9), 5),
  ]

  @Test("meets the optimality condition of the LASSO", arguments: solvers.indices)
  func optimal(solver: Int) {
    let (momentum, continuation, averaged) = Self.solvers[solver]
    let x = FISTA(
      iterations: 3000, step: step, momentum: momentum, continuation: continuation,
      averaged: averaged
    ).minimise(
      from: ComplexArray(zeros: [12]), gradient: gradient, proximal: shrink, report: { _ in })
    var slope = x
    _ = gradient(x, &slope)
    let active = x.values.filter { $0 != .zero }.count
    #expect(active > 0 && active < 12)
    for (value, slope) in zip(x.values, slope.values) {
      if value == .zero {
        #expect(slope.length < weight * 1.0001)
      } else {
        // −∇f = λ x / |x|.
        #expect((slope + value.multiplied(by: weight / value.length)).length < 1e-3 * weight)
      }
    }
  }

  @Test("restarts save iterations on a well-conditioned problem")
  func restarts() {
    func error(_ restarts: Bool) -> Double {
      objective(
        FISTA(iterations: 200, step: step, momentum: .growing(restarts: restarts)).minimise(
          from: ComplexArray(zeros: [12]), gradient: gradient, proximal: shrink, report: { _ in }))
    }
    #expect(error(true) < error(false))
  }

  @Test("reports each iteration and the smooth value, and the callback can stop it")
  func reports() {
    struct Enough: Error {}
    let start = randomArray([12], seed: 9)
    var seen: [Int] = []
    #expect(throws: Enough.self) {
      _ = try FISTA(iterations: 9, step: step).minimise(
        from: start, gradient: gradient, proximal: shrink,
        report: { state in
          seen.append(state.iteration)
          if seen.count == 1 {
            var unused = start
            #expect(state.smoothValue == gradient(start, &unused))
          }
          if seen.count == 4 { throw Enough() }
        })
    }
    #expect(seen == [1, 2, 3, 4])
  }

  @Test("continuation multiplies the thresholds and ends at 1")
  func continuation() {
    var thresholds: [Float] = []
    _ = FISTA(
      iterations: 6, step: 0.5, continuation: FISTA.Continuation(start: 4, decay: 0.5)
    ).minimise(
      from: ComplexArray(zeros: [12]), gradient: gradient, proximal: { thresholds.append($1) },
      report: { _ in })
    #expect(thresholds == [2, 1, 0.5, 0.5, 0.5, 0.5])
  }

  @Test("the result is the mean of the last iterates")
  func averaged() {
    var last: [ComplexArray] = []
    let mean = FISTA(iterations: 7, step: step, averaged: 3).minimise(
      from: ComplexArray(zeros: [12]), gradient: gradient, proximal: shrink,
      report: { last.append($0.solution) })
    var expected = last[4]
    expected.add(1, times: last[5])
    expected.add(1, times: last[6])
    expected.scale(by: 1 / 3)
    expected.add(-1, times: mean)
    #expect(expected.squaredNorm < 1e-12 * mean.squaredNorm)
  }
}
