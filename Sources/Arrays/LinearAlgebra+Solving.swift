import COpenBLAS
public import Numerics

extension LinearAlgebra {
  /// A linear system that has no solution in numbers: its matrix is not positive definite.
  public struct SolvingError: Error, CustomStringConvertible, Equatable {
    public let size: Int
    public var description: String {
      "a Hermitian \(size) × \(size) matrix is not positive definite; check the data for values "
        + "that are not finite"
    }
  }

  /// X of A X = B for a Hermitian, positive definite `matrix` A `[size, size]`, in double precision (zposv).
  ///
  /// - Parameters:
  ///   - rightSides: B `[size, count]`.
  /// - Returns: X `[size, count]`.
  ///
  /// Throws `SolvingError` if A is not positive definite.
  public static func solvePositive(
    _ matrix: [Complex<Float>], size: Int, rightSides: [Complex<Float>], count: Int
  ) throws(SolvingError) -> [Complex<Float>] {
    guard matrix.count == size * size, rightSides.count == size * count else {
      shapeError(
        "\(matrix.count) and \(rightSides.count) values for a system of \(size) and \(count) right sides"
      )
    }
    if size == 0 || count == 0 { return [] }
    useOneThread()
    func wide(_ value: Complex<Float>) -> Complex<Double> {
      Complex(Double(value.real), Double(value.imaginary))
    }
    // LAPACK reads columns: it sees the conjugate of A, and so solves for that of X.
    var factors = matrix.map(wide)
    var sides = [Complex<Double>](repeating: .zero, count: size * count)
    for row in 0..<size {
      for column in 0..<count {
        sides[column * size + row] = wide(rightSides[row * count + column].conjugate)
      }
    }
    var (order, number, code) = (Int32(size), Int32(count), Int32(0))
    var triangle = CChar(UInt8(ascii: "U"))
    zposv_(&triangle, &order, &number, &factors, &order, &sides, &order, &code)
    if code != 0 { throw SolvingError(size: size) }
    return (0..<size * count).map { index in
      let value = sides[index % count * size + index / count]
      return Complex(Float(value.real), -Float(value.imaginary))
    }
  }
}
