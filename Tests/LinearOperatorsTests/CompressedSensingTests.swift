import Arrays
import Numerics
import Testing

@testable import LinearOperators

@Suite("Operators of compressed sensing against their definitions")
struct CompressedSensingTests {
  static let shape = [11, 13]
  static let count = 143

  private func random(_ shape: [Int], seed: UInt64 = 3) -> ComplexArray {
    var generator = ProbeGenerator(seed: seed)
    return generator.array(shape)
  }

  private func difference(_ a: [Complex<Float>], _ b: [Complex<Double>]) -> Double {
    let error = zip(a, b).reduce(0.0) {
      $0 + (Complex(Double($1.0.real), Double($1.0.imaginary)) - $1.1).lengthSquared
    }
    return (error / b.reduce(0) { $0 + $1.lengthSquared }).squareRoot()
  }

  private func double(_ value: Complex<Float>) -> Complex<Double> {
    Complex(Double(value.real), Double(value.imaginary))
  }

  @Test("Gaussian rows are those of the whole matrix")
  func dense() {
    let op = GaussianOperator(shape: Self.shape, measurements: 37, seed: 9)
    let matrix = GaussianRows(seed: 9, count: Self.count)
    var rows = [[Float]](repeating: [Float](repeating: 0, count: Self.count), count: 37)
    for row in 0..<37 {
      rows[row].withUnsafeMutableBufferPointer { matrix.write(row, into: $0.baseAddress!) }
    }
    let scale = 1 / Double(Self.count).squareRoot()
    let (x, y) = (random(Self.shape), random([37]))
    let forward = rows.map { row in
      zip(row, x.values).reduce(Complex<Double>.zero) {
        $0 + double($1.1).multiplied(by: scale * Double($1.0))
      }
    }
    #expect(difference(op.forward(x).values, forward) < 1e-6)
    let adjoint = (0..<Self.count).map { column in
      (0..<37).reduce(Complex<Double>.zero) {
        $0 + double(y.values[$1]).multiplied(by: scale * Double(rows[$1][column]))
      }
    }
    #expect(difference(op.adjoint(y).values, adjoint) < 1e-6)
    // A real image takes another way.
    let real = ComplexArray(shape: Self.shape, values: x.values.map { Complex($0.real, 0) })
    #expect(difference(op.forward(real).values, forward.map { Complex($0.real, 0) }) < 1e-6)
  }

  @Test("the entries are normal, independent of each other and of the number of rows")
  func moments() {
    let (rows, count) = (40, 5003)
    let matrix = GaussianRows(seed: 21, count: count)
    var values = [Float](repeating: 0, count: rows * count)
    values.withUnsafeMutableBufferPointer { all in
      for row in 0..<rows { matrix.write(row, into: all.baseAddress! + row * count) }
    }
    func mean(_ value: (Float) -> Double) -> Double {
      values.reduce(0) { $0 + value($1) } / Double(values.count)
    }
    let deviation = 1 / Double(values.count).squareRoot()
    #expect(abs(mean { Double($0) }) < 4 * deviation)
    #expect(abs(mean { Double($0 * $0) } - 1) < 4 * 2.0.squareRoot() * deviation)
    #expect(abs(mean { Double($0 * $0 * $0 * $0) } - 3) < 4 * 96.0.squareRoot() * deviation)
    // The share beyond 1.96 of a normal distribution.
    #expect(abs(mean { abs($0) > 1.959964 ? 1 : 0 } - 0.05) < 4 * 0.22 * deviation)
    for lag in [1, 4, count] {
      let product = (0..<values.count - lag).reduce(0.0) {
        $0 + Double(values[$1] * values[$1 + lag])
      }
      #expect(abs(product / Double(values.count)) < 4 * deviation)
    }
    #expect(GaussianRows.quantiles.count == 65_536)
    #expect(zip(GaussianRows.quantiles, GaussianRows.quantiles.dropFirst()).allSatisfy { $0 < $1 })
    // Φ⁻¹ of the middle of the 63,897th value: 0.97499.
    #expect(abs(GaussianRows.quantiles[63_897] - 1.9599) < 2e-3)
  }

  @Test("the partial circulant is the convolution's sum behind signs")
  func circulant() {
    let op = PartialCirculantOperator(shape: Self.shape, measurements: 29, seed: 6)
    let filter = PartialCirculantOperator.filter(count: Self.count, seed: 6)
    let choice = RandomChoice(seed: 6)
    let (rows, signs) = (choice.indices(29, of: Self.count), choice.signs(Self.count))
    let x = random(Self.shape)
    let (height, width) = (Self.shape[0], Self.shape[1])
    let expected = rows.map { place in
      (0..<Self.count).reduce(Complex<Double>.zero) { sum, index in
        // The origin of the convolution is the middle of the filter.
        let row = (place / width - index / width + height / 2 + height) % height
        let column = (place % width - index % width + width / 2 + width) % width
        return sum
          + double(x.values[index]).multiplied(
            by: Double(filter[row * width + column] * signs[index]))
      }
    }
    #expect(difference(op.forward(x).values, expected) < 1e-6)
    #expect(Set(signs) == [1, -1])
  }

  @Test("the partial Hadamard has the matrix's signs")
  func hadamard() {
    let op = PartialHadamardOperator(shape: Self.shape, measurements: 29, seed: 6)
    let rows = RandomChoice(seed: 6).indices(29, of: 256)
    let signs = RandomChoice(seed: 6).signs(Self.count)
    let x = random(Self.shape)
    // Sylvester's entry (i, j) is −1 to the number of bits that i and j share, here over √256.
    let expected = rows.map { row in
      (0..<Self.count).reduce(Complex<Double>.zero) { sum, column in
        let sign = (row & column).nonzeroBitCount % 2 == 0 ? 1.0 : -1.0
        return sum
          + double(x.values[column]).multiplied(by: sign / 16 * Double(signs[column]))
      }
    }
    #expect(difference(op.forward(x).values, expected) < 1e-6)
  }

  @Test("partial Fourier is some of the transform, with its centre")
  func fourier() {
    let op = PartialFourierOperator(shape: Self.shape, measurements: 12, seed: 6)
    let constant = ComplexArray(shape: Self.shape, repeating: .one)
    let samples = op.forward(constant).values.map(\.length)
    // A constant image has its zero frequency alone.
    #expect(samples.count { $0 > 1e-4 } == 1)
    #expect(abs(samples.reduce(0, +) - Float(Self.count).squareRoot()) < 1e-3)
    #expect(abs(operatorNorm(of: op) - 1) < 1e-5)
    let one = PartialFourierOperator(shape: Self.shape, measurements: 1, seed: 6)
    #expect(abs(one.forward(constant).values[0].length - Float(Self.count).squareRoot()) < 1e-3)
  }

  @Test("norms are what the definitions say")
  func norms() {
    let n = 1024
    // The edge of Marchenko and Pastur's law.
    let gaussian = GaussianOperator(shape: [32, 32], measurements: n / 4, seed: 2)
    #expect(abs(operatorNorm(of: gaussian, iterations: 100) - 1.5) < 0.05)
    #expect(
      abs(
        operatorNorm(of: PartialHadamardOperator(shape: [32, 32], measurements: 300, seed: 2)) - 1)
        < 1e-5)
    let whole = PartialCirculantOperator(shape: [1, 64], measurements: 64, seed: 2)
    let x = random([1, 64])
    let energy = (1...40).reduce(0.0) { sum, seed in
      sum
        + PartialCirculantOperator(shape: [32, 32], measurements: n / 4, seed: UInt64(seed))
        .forward(random([32, 32])).squaredNorm / random([32, 32]).squaredNorm / 40
    }
    #expect(abs(energy - 0.25) < 0.02)
    #expect(operatorNorm(of: whole, iterations: 200) > 1)
    #expect(whole.forward(x).squaredNorm > 0)
  }

  @Test("the seed sets every random operator")
  func seeds() {
    let x = random(Self.shape)
    let makers: [(UInt64) -> any LinearOperator] = [
      { GaussianOperator(shape: Self.shape, measurements: 20, seed: $0) },
      { PartialCirculantOperator(shape: Self.shape, measurements: 20, seed: $0) },
      { PartialHadamardOperator(shape: Self.shape, measurements: 20, seed: $0) },
      { PartialFourierOperator(shape: Self.shape, measurements: 20, seed: $0) },
    ]
    for make in makers {
      #expect(make(1).forward(x) == make(1).forward(x))
      #expect(make(1).forward(x) != make(2).forward(x))
    }
    let few = GaussianOperator(shape: Self.shape, measurements: 5, seed: 1).forward(x)
    let many = GaussianOperator(shape: Self.shape, measurements: 20, seed: 1).forward(x)
    #expect(few.values == Array(many.values.prefix(5)))
  }
}
