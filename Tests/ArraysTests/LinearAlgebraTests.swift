import Arrays
import Numerics
import Testing

struct LinearAlgebraTests {
  private func realMatrix(_ rows: Int, _ columns: Int, _ seed: UInt64) -> [Float] {
    var stream = RandomStream(seed: seed)
    return (0..<rows * columns).map { _ in stream.normal() }
  }

  private func matrix(_ rows: Int, _ columns: Int, _ seed: UInt64) -> [Complex<Float>] {
    var stream = RandomStream(seed: seed)
    return (0..<rows * columns).map { _ in Complex(stream.normal(), stream.normal()) }
  }

  /// `op(matrix)` of a row-major matrix whose result has `rows` × `columns`.
  private func applied(
    _ transposition: LinearAlgebra.Transposition, _ values: [Complex<Float>], _ rows: Int,
    _ columns: Int
  ) -> (Int, Int) -> Complex<Float> {
    switch transposition {
    case .none: { values[$0 * columns + $1] }
    case .transposed: { values[$1 * rows + $0] }
    case .adjoint: { values[$1 * rows + $0].conjugate }
    }
  }

  @Test(
    arguments: [LinearAlgebra.Transposition.none, .transposed, .adjoint],
    [LinearAlgebra.Transposition.none, .transposed, .adjoint])
  func complexProduct(_ left: LinearAlgebra.Transposition, _ right: LinearAlgebra.Transposition) {
    let (rows, columns, depth) = (3, 5, 7)
    let (a, b) = (matrix(rows, depth, 1), matrix(depth, columns, 2))
    var result = matrix(rows, columns, 3)
    let start = result
    let (alpha, beta) = (Complex<Float>(2, -1), Complex<Float>(0.5, 1))
    LinearAlgebra.multiply(
      a, left, by: b, right, into: &result, rows: rows, columns: columns, depth: depth,
      alpha: alpha, beta: beta)
    let (x, y) = (applied(left, a, rows, depth), applied(right, b, depth, columns))
    for row in 0..<rows {
      for column in 0..<columns {
        var sum = Complex<Float>.zero
        for k in 0..<depth { sum += x(row, k) * y(k, column) }
        let expected = alpha * sum + beta * start[row * columns + column]
        #expect((result[row * columns + column] - expected).length < 1e-4)
      }
    }
  }

  @Test func realProduct() {
    let (rows, columns, depth) = (4, 3, 6)
    let (a, b) = (realMatrix(depth, rows, 1), realMatrix(depth, columns, 2))
    var result = [Float](repeating: .nan, count: rows * columns)
    LinearAlgebra.multiply(
      a, .transposed, by: b, into: &result, rows: rows, columns: columns, depth: depth)
    for row in 0..<rows {
      for column in 0..<columns {
        var sum: Float = 0
        for k in 0..<depth { sum += a[k * rows + row] * b[k * columns + column] }
        #expect(abs(result[row * columns + column] - sum) < 1e-4)
      }
    }
  }

  @Test(arguments: [true, false])
  func gramMatrix(ofRows: Bool) {
    let (rows, columns) = (3, 5)
    let a = matrix(rows, columns, 4)
    let size = ofRows ? rows : columns
    var expected = [Complex<Float>](repeating: .zero, count: size * size)
    LinearAlgebra.multiply(
      a, ofRows ? .none : .adjoint, by: a, ofRows ? .adjoint : .none, into: &expected, rows: size,
      columns: size, depth: ofRows ? columns : rows)
    let gram = LinearAlgebra.gram(a, rows: rows, columns: columns, ofRows: ofRows)
    for (value, wanted) in zip(gram, expected) { #expect((value - wanted).length < 1e-4) }
  }

  @Test func eigensystemSatisfiesItsDefinition() throws {
    let size = 9
    let gram = LinearAlgebra.gram(
      matrix(size, size + 2, 5), rows: size, columns: size + 2, ofRows: true)
    let single = try LinearAlgebra.hermitianEigensystem(gram, size: size)
    let double = try LinearAlgebra.hermitianEigensystem(
      gram.map { Complex<Double>(Double($0.real), Double($0.imaginary)) }, size: size)
    #expect(double.values == double.values.sorted())
    for k in 0..<size {
      #expect(abs(Double(single.values[k]) - double.values[k]) < 1e-4)
      for row in 0..<size {
        var product = Complex<Double>.zero
        for column in 0..<size {
          let entry = gram[row * size + column]
          product +=
            Complex(Double(entry.real), Double(entry.imaginary))
            * double.vectors[k * size + column]
        }
        let expected = double.vectors[k * size + row].multiplied(by: double.values[k])
        #expect((product - expected).length < 1e-5)
        #expect(
          abs(single.vectors[k * size + row].length - Float(double.vectors[k * size + row].length))
            < 1e-3)
      }
    }
  }

  /// A matrix of known eigenvalues, and what is found of it.
  private func found(
    _ eigenvalues: [Float], above fraction: Float
  ) throws -> (matrix: [Complex<Float>], system: LinearAlgebra.Eigensystem<Float>) {
    let size = eigenvalues.count
    let basis = try LinearAlgebra.hermitianEigensystem(
      LinearAlgebra.gram(matrix(size, size, 6), rows: size, columns: size, ofRows: true), size: size
    ).vectors
    var product = [Complex<Float>](repeating: .zero, count: size * size)
    for k in 0..<size {
      for row in 0..<size {
        for column in 0..<size {
          product[row * size + column] +=
            (basis[k * size + row] * basis[k * size + column].conjugate)
            .multiplied(by: eigenvalues[k])
        }
      }
    }
    return (
      product, try LinearAlgebra.largestEigenvectors(product, size: size, above: fraction)
    )
  }

  @Test(
    arguments: [
      // Spread out, in clusters, all equal, of low rank, zero, and of one row.
      ((0..<70).map { Float.exp(-0.2 * Float($0)) }, 35),
      ((0..<60).map { [Float(1), 0.5, 1e-5][$0 % 3] }, 40), (Array(repeating: 2, count: 12), 12),
      ([3] + Array(repeating: 0, count: 20), 1), ([0, 0, 0, 0], 1), ([5], 1),
    ] as [([Float], Int)])
  func largestEigenvectorsSatisfyTheirDefinition(eigenvalues: [Float], count: Int) throws {
    let (matrix, system) = try found(eigenvalues, above: 1e-3)
    let size = eigenvalues.count
    #expect(system.values.count == count && system.vectors.count == count * size)
    for (value, wanted) in zip(system.values, eigenvalues.sorted().suffix(count)) {
      #expect(abs(value - wanted) < 1e-5)
    }
    for k in 0..<count {
      let vector = system.vectors[k * size..<(k + 1) * size]
      for other in 0...k {
        let product = zip(system.vectors[other * size..<(other + 1) * size], vector).reduce(
          Complex<Float>.zero
        ) { $0 + $1.0.conjugate * $1.1 }
        #expect((product - Complex(k == other ? 1 : 0, 0)).length < 1e-5)
      }
      for row in 0..<size {
        let image = zip(matrix[row * size..<(row + 1) * size], vector).reduce(
          Complex<Float>.zero
        ) { $0 + $1.0 * $1.1 }
        let expected = system.vectors[k * size + row].multiplied(by: system.values[k])
        #expect((image - expected).length < 2e-5)
      }
    }
  }
}
