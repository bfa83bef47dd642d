import Arrays
import Numerics

/// The weights that make the samples of all coils at a place of those of its neighbours.
struct GRAPPAKernel {
  typealias Offset = GRAPPANeighbours.Offset

  private let neighbours: [Offset]
  /// `[neighbours · coils, coils]`.
  private let weights: [Complex<Float>]

  /// Fits the weights W to the calibration block: (SᴴS + λ ‖SᴴS‖ / n · 1) W = SᴴT, with a row of S and T for each
  /// place where sample and neighbours lie in the block.
  ///
  /// Source: Griswold et al., MRM 47:1202 (2002); the weight λ as mckib2/pygrappa:pygrappa/grappa.py, Frobenius norm
  /// and all. Nil if no place fits; throws `LinearAlgebra.SolvingError` for values that are not finite.
  init?(
    _ neighbours: [Offset], windows: (rows: Range<Int>, columns: Range<Int>),
    kspace: ComplexArray, weight: Float
  ) throws(LinearAlgebra.SolvingError) {
    let (coils, columns) = (kspace.shape[0], kspace.shape[2])
    let places = windows.rows.flatMap { row in windows.columns.map { row * columns + $0 } }
    if places.isEmpty { return nil }
    let size = neighbours.count * coils
    let sources = Self.sources(neighbours, at: places[...], kspace: kspace)
    let targets = Self.sources([Offset(row: 0, column: 0)], at: places[...], kspace: kspace)
    var gram = LinearAlgebra.gram(sources, rows: places.count, columns: size, ofRows: false)
    let norm = gram.reduce(0.0) { $0 + Double($1.lengthSquared) }.squareRoot()
    let added = Float(Double(weight) * norm / Double(size))
    for index in 0..<size { gram[index * size + index] += Complex(added, 0) }
    var sides = [Complex<Float>](repeating: .zero, count: size * coils)
    LinearAlgebra.multiply(
      sources, .adjoint, by: targets, into: &sides, rows: size, columns: coils,
      depth: places.count)
    weights = try LinearAlgebra.solvePositive(gram, size: size, rightSides: sides, count: coils)
    self.neighbours = neighbours
  }

  /// The samples of all coils at `places` (row · columns + column), `[places, coils]`.
  func samples(at places: ArraySlice<Int>, kspace: ComplexArray) -> [Complex<Float>] {
    let (coils, size) = (kspace.shape[0], neighbours.count * kspace.shape[0])
    let sources = Self.sources(neighbours, at: places, kspace: kspace)
    var result = [Complex<Float>](repeating: .zero, count: places.count * coils)
    LinearAlgebra.multiply(
      sources, by: weights, into: &result, rows: places.count, columns: coils, depth: size)
    return result
  }

  /// `[places, neighbours, coils]`; 0 beyond the first and the last row.
  private static func sources(
    _ neighbours: [Offset], at places: ArraySlice<Int>, kspace: ComplexArray
  ) -> [Complex<Float>] {
    let (coils, columns) = (kspace.shape[0], kspace.shape[2])
    let size = kspace.shape[1] * columns
    return kspace.values.withUnsafeBufferPointer { values in
      var result: [Complex<Float>] = []
      result.reserveCapacity(places.count * neighbours.count * coils)
      for place in places {
        for offset in neighbours {
          let source = place + offset.row * columns + offset.column
          if source < 0 || source >= size {
            result.append(contentsOf: repeatElement(.zero, count: coils))
            continue
          }
          for coil in 0..<coils { result.append(values[coil * size + source]) }
        }
      }
      return result
    }
  }
}
