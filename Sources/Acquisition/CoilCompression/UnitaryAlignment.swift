import Arrays
import Numerics

/// The turning of a set of virtual coils so that they are nearest to those of a neighbour.
///
/// U V with the unitary U that brings it nearest to V₀ in the sum of squares: U is the unitary polar factor of
/// V₀ Vᴴ (Zhang et al., MRM 69:571, 2013, eq. 9). What V spans, and so the energy that it keeps, stays.
enum UnitaryAlignment {
  /// `matrix` `[rows, columns]`, whose rows are orthonormal, turned towards `neighbour` of the same shape.
  ///
  /// Throws `CoilCompressionError` if LAPACK does not converge.
  static func aligned(
    _ matrix: [Complex<Double>], to neighbour: [Complex<Double>], rows: Int, columns: Int
  ) throws(CoilCompressionError) -> [Complex<Double>] {
    let product = times(neighbour, rows, columns, adjointOf: matrix, rows)
    let turn = try polarFactor(product, size: rows)
    var result = [Complex<Double>](repeating: .zero, count: rows * columns)
    for row in 0..<rows {
      for inner in 0..<rows {
        let factor = turn[row * rows + inner]
        for column in 0..<columns {
          result[row * columns + column] += factor * matrix[inner * columns + column]
        }
      }
    }
    return result
  }

  /// The unitary P Qᴴ of `matrix` = P Σ Qᴴ, `[size, size]`.
  ///
  /// From the eigenvectors Q of MᴴM: P's columns are M q / σ. Where σ vanishes any direction at right angles
  /// to the others will do.
  static func polarFactor(
    _ matrix: [Complex<Double>], size: Int
  ) throws(CoilCompressionError) -> [Complex<Double>] {
    // MᴴM = (Mᴴ)(Mᴴ)ᴴ.
    let adjoint = (0..<size * size).map { matrix[$0 % size * size + $0 / size].conjugate }
    let system: LinearAlgebra.Eigensystem<Double>
    do {
      system = try LinearAlgebra.hermitianEigensystem(
        times(adjoint, size, size, adjointOf: adjoint, size), size: size)
    } catch {
      throw .noConvergence(error.description)
    }
    var left: [[Complex<Double>]] = []
    var result = [Complex<Double>](repeating: .zero, count: size * size)
    for index in (0..<size).reversed() {
      let right = Array(system.vectors[index * size..<(index + 1) * size])
      var direction = (0..<size).map { row in
        (0..<size).reduce(Complex<Double>.zero) { $0 + matrix[row * size + $1] * right[$1] }
      }
      orthonormalise(&direction, against: left, least: 1e-9)
      left.append(direction)
      for row in 0..<size {
        for column in 0..<size {
          result[row * size + column] += direction[row] * right[column].conjugate
        }
      }
    }
    return result
  }

  /// Takes from `vector` what lies along `others` and makes it of unit length; one that is shorter than `least`
  /// gives way to a unit vector.
  private static func orthonormalise(
    _ vector: inout [Complex<Double>], against others: [[Complex<Double>]], least: Double
  ) {
    func project() -> Double {
      // Twice is enough for right angles to rounding.
      for _ in 0..<2 {
        for other in others {
          let part = zip(other, vector).reduce(Complex<Double>.zero) { $0 + $1.0.conjugate * $1.1 }
          for index in vector.indices { vector[index] -= part * other[index] }
        }
      }
      return vector.reduce(0) { $0 + $1.lengthSquared }.squareRoot()
    }
    let size = vector.count
    var length = project()
    var axis = 0
    while length < least, axis < size {
      vector = (0..<size).map { $0 == axis ? .one : .zero }
      length = project()
      // A unit vector may lie among the others as well; one of them all is at least this far from them.
      if length < 0.5 / Double(size).squareRoot() { length = 0 }
      axis += 1
    }
    if length > 0 { vector = vector.map { $0.divided(by: length) } }
  }

  /// A Bᴴ of `a` `[rows, columns]` and `b` `[others, columns]`.
  private static func times(
    _ a: [Complex<Double>], _ rows: Int, _ columns: Int, adjointOf b: [Complex<Double>],
    _ others: Int
  ) -> [Complex<Double>] {
    (0..<rows * others).map { index in
      let (row, other) = (index / others * columns, index % others * columns)
      return (0..<columns).reduce(Complex<Double>.zero) {
        $0 + a[row + $1] * b[other + $1].conjugate
      }
    }
  }
}
