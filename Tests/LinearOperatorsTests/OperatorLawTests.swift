import Arrays
import LinearOperators
import Numerics
import Testing

@Suite("Laws of every linear operator", .serialized)
struct OperatorLawTests {
  @Test("is linear", arguments: OperatorCase.all)
  func linear(testCase: OperatorCase) {
    let op = testCase.op
    let (x, y) = (randomArray(op.domain, seed: 1), randomArray(op.domain, seed: 2))
    let factor = Complex<Float>(0.3, -1.2)
    var combined = x
    for index in combined.values.indices { combined.values[index] += factor * y.values[index] }
    var expected = op.forward(x)
    let image = op.forward(y)
    for index in expected.values.indices { expected.values[index] += factor * image.values[index] }
    #expect(relativeDifference(op.forward(combined), expected) < 1e-6)
  }

  @Test("the adjoint fits the forward", arguments: OperatorCase.all)
  func adjoint(testCase: OperatorCase) {
    for seed in 1...3 as ClosedRange<UInt64> {
      #expect(adjointMismatch(of: testCase.op, seed: seed) < 1e-6)
    }
  }

  @Test("the normal is the adjoint of the forward", arguments: OperatorCase.all)
  func normal(testCase: OperatorCase) {
    let x = randomArray(testCase.op.domain)
    let expected = testCase.op.adjoint(testCase.op.forward(x))
    #expect(relativeDifference(testCase.op.normal(x), expected) < 1e-6)
  }

  @Test("the misfit and its gradient are those of forward and adjoint", arguments: OperatorCase.all)
  func misfit(testCase: OperatorCase) {
    let op = testCase.op
    let (x, y) = (randomArray(op.domain, seed: 1), randomArray(op.codomain, seed: 2))
    var difference = op.forward(x)
    difference.add(-1, times: y)
    var gradient = randomArray(op.domain, seed: 9)
    let loss = op.dataLoss(x, measurements: y, into: &gradient)
    #expect(abs(loss - difference.squaredNorm / 2) < 1e-6 * loss)
    #expect(relativeDifference(gradient, op.adjoint(difference)) < 2e-6)
  }

  @Test(
    "selected measurements are some of all, with the adjoint that fits", arguments: OperatorCase.all
  )
  func selection(testCase: OperatorCase) {
    let op = testCase.op
    let count = op.codomain.reduce(1, *)
    let kept = (0..<count).filter { $0 % 3 == 1 }
    let part = op.selecting(kept)
    #expect(part.domain == op.domain && part.codomain == [kept.count])
    let x = randomArray(op.domain)
    let all = op.forward(x).values
    let expected = ComplexArray(shape: [kept.count], values: kept.map { all[$0] })
    #expect(relativeDifference(part.forward(x), expected) < 1e-6)
    #expect(adjointMismatch(of: part) < 1e-6)
    // Some of some of them.
    let last = ComplexArray(shape: [1], values: [all[kept[kept.count - 1]]])
    #expect(relativeDifference(part.selecting([kept.count - 1]).forward(x), last) < 1e-6)
  }

  @Test("the target's old content does not matter", arguments: OperatorCase.all)
  func overwrites(testCase: OperatorCase) {
    let op = testCase.op
    let x = randomArray(op.domain)
    let y = randomArray(op.codomain)
    var image = y
    op.forward(x, into: &image)
    #expect(image == op.forward(x))
    var back = x
    op.adjoint(y, into: &back)
    #expect(back == op.adjoint(y))
    var normal = randomArray(op.domain, seed: 9)
    op.normal(x, into: &normal)
    #expect(normal == op.normal(x))
  }

  @Test("the number of threads changes no bit", arguments: OperatorCase.all)
  func threads(testCase: OperatorCase) {
    let before = Parallelism.threads
    defer { Parallelism.threads = before }
    let (x, y) = (randomArray(testCase.op.domain), randomArray(testCase.op.codomain))
    let results = [1, 2, 5].map { threads in
      Parallelism.threads = threads
      return [testCase.op.forward(x), testCase.op.adjoint(y), testCase.op.normal(x)]
    }
    #expect(results[0] == results[1])
    #expect(results[0] == results[2])
  }

  @Test("the adjoint check notices a wrong adjoint")
  func checkCanFail() {
    struct Wrong: LinearOperator {
      let domain = [3, 5]
      var codomain: [Int] { domain }
      func forward(_ x: ComplexArray, into y: inout ComplexArray) {
        y = x
        for index in y.values.indices { y.values[index] *= Complex(0, 1) }
      }
      func adjoint(_ y: ComplexArray, into x: inout ComplexArray) { forward(y, into: &x) }
    }
    #expect(adjointMismatch(of: Wrong()) > 0.1)
  }

  @Test("a stated bound of the norm is one, and not a loose one", arguments: OperatorCase.all)
  func bounds(testCase: OperatorCase) {
    guard let bound = testCase.op.normBound else { return }
    let norm = operatorNorm(of: testCase.op, iterations: 200)
    #expect(norm <= bound * (1 + 1e-5))
    #expect(norm > 0.6 * bound)
  }

  @Test("power iteration finds known norms")
  func norms() {
    #expect(abs(operatorNorm(of: FourierOperator(shape: [9, 10])) - 1) < 1e-5)
    // The largest singular value of n - 1 differences is 2 cos(π / 2n); the axes add in squares.
    let (rows, columns) = (7.0, 9.0)
    let exact =
      (4 * Double.pow(.cos(.pi / (2 * rows)), 2) + 4 * Double.pow(.cos(.pi / (2 * columns)), 2))
      .squareRoot()
    let found = operatorNorm(of: FiniteDifferenceOperator(shape: [7, 9]), iterations: 400)
    #expect(abs(found - exact) < 1e-3)
  }

  @Test("composition refuses shapes that do not meet")
  func composition() async {
    await #expect(processExitsWith: .failure) {
      _ = ComposedOperator(
        FourierOperator(shape: [3, 4]), after: FourierOperator(shape: [4, 3]))
    }
  }
}
