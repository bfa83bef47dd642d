import Arrays
import Numerics
import Testing

@Suite struct LinearSolvingTests {
  @Test(arguments: [1, 5, 17]) func theProductWithTheSolutionIsTheRightSide(size: Int) throws {
    var random = RandomStream(seed: UInt64(size))
    func values(_ count: Int) -> [Complex<Float>] {
      (0..<count).map { _ in Complex(random.normal(), random.normal()) }
    }
    var matrix = LinearAlgebra.gram(
      values(3 * size * size), rows: 3 * size, columns: size, ofRows: false)
    for index in 0..<size { matrix[index * size + index] += Complex(1, 0) }
    let sides = values(size * 3)
    let solution = try LinearAlgebra.solvePositive(
      matrix, size: size, rightSides: sides, count: 3)
    var product = sides
    LinearAlgebra.multiply(
      matrix, by: solution, into: &product, rows: size, columns: 3, depth: size)
    let errors = zip(product, sides).map { found, wanted in (found - wanted).length }
    #expect(errors.allSatisfy { $0 < 1e-3 })
  }

  @Test func whatIsNotPositiveIsRefused() {
    #expect(throws: LinearAlgebra.SolvingError.self) {
      try LinearAlgebra.solvePositive(
        [Complex(1, 0), Complex(2, 0), Complex(2, 0), Complex(1, 0)], size: 2,
        rightSides: [.one, .one], count: 1)
    }
  }
}
