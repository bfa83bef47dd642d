public import Arrays
import Numerics

/// Forward differences of an image `[rows, columns]` along both axes, giving `[2, rows, columns]`.
///
/// The difference past the last row or column is zero (Neumann), as in Chambolle, "An algorithm for
/// total variation minimization", 2004; the norm is below √8.
public struct FiniteDifferenceOperator: LinearOperator {
  public let domain: [Int]

  /// Differences of images of `shape` `[rows, columns]`.
  public init(shape: [Int]) {
    guard shape.count == 2 else {
      shapeError("finite differences need [rows, columns], not \(shape)")
    }
    domain = shape
  }

  public var codomain: [Int] { [2] + domain }

  public func forward(_ x: ComplexArray, into y: inout ComplexArray) {
    check(x.shape, y.shape)
    let (rows, columns) = (domain[0], domain[1])
    for row in 0..<rows {
      for column in 0..<columns {
        let index = row * columns + column
        let here = x.values[index]
        y.values[index] = row + 1 < rows ? x.values[index + columns] - here : .zero
        y.values[x.count + index] = column + 1 < columns ? x.values[index + 1] - here : .zero
      }
    }
  }

  public func adjoint(_ y: ComplexArray, into x: inout ComplexArray) {
    check(x.shape, y.shape)
    let (rows, columns) = (domain[0], domain[1])
    for row in 0..<rows {
      for column in 0..<columns {
        let index = row * columns + column
        var sum = Complex<Float>.zero
        if row + 1 < rows { sum -= y.values[index] }
        if row > 0 { sum += y.values[index - columns] }
        if column + 1 < columns { sum -= y.values[x.count + index] }
        if column > 0 { sum += y.values[x.count + index - 1] }
        x.values[index] = sum
      }
    }
  }
}
