public import Arrays
import Numerics

/// The symmetrised gradient of a field `[2, rows, columns]`, giving `[3, rows, columns]`.
///
/// Its three values at a pixel are ∂₁w₁, ∂₂w₂ and (∂₂w₁ + ∂₁w₂) / √2, whose length is the Frobenius norm of the
/// symmetric 2 × 2 matrix; ∂₁ is along the rows' index. Differences are backward, and zero at the first row or
/// column, as in Bredies, Kunisch and Pock, "Total generalized variation", SIAM J. Imaging Sci. 3:492 (2010);
/// the norm is below √8.
public struct SymmetrizedGradientOperator: LinearOperator {
  public let domain: [Int]

  /// Derivatives of fields over images of `shape` `[rows, columns]`.
  public init(shape: [Int]) {
    guard shape.count == 2 else {
      shapeError("a symmetrised gradient needs [rows, columns], not \(shape)")
    }
    domain = [2] + shape
  }

  public var codomain: [Int] { [3, domain[1], domain[2]] }

  static let half: Float = Float(0.5).squareRoot()

  public func forward(_ w: ComplexArray, into e: inout ComplexArray) {
    check(w.shape, e.shape)
    let (rows, columns) = (domain[1], domain[2])
    let plane = rows * columns
    for row in 0..<rows {
      for column in 0..<columns {
        let index = row * columns + column
        func down(_ field: Int) -> Complex<Float> {
          row > 0 ? w.values[field + index] - w.values[field + index - columns] : .zero
        }
        func right(_ field: Int) -> Complex<Float> {
          column > 0 ? w.values[field + index] - w.values[field + index - 1] : .zero
        }
        e.values[index] = down(0)
        e.values[plane + index] = right(plane)
        e.values[2 * plane + index] = (right(0) + down(plane)).multiplied(by: Self.half)
      }
    }
  }

  public func adjoint(_ e: ComplexArray, into w: inout ComplexArray) {
    check(w.shape, e.shape)
    let (rows, columns) = (domain[1], domain[2])
    let plane = rows * columns
    for row in 0..<rows {
      for column in 0..<columns {
        let index = row * columns + column
        func down(_ field: Int) -> Complex<Float> {
          (row > 0 ? e.values[field + index] : .zero)
            - (row + 1 < rows ? e.values[field + index + columns] : .zero)
        }
        func right(_ field: Int) -> Complex<Float> {
          (column > 0 ? e.values[field + index] : .zero)
            - (column + 1 < columns ? e.values[field + index + 1] : .zero)
        }
        w.values[index] = down(0) + right(2 * plane).multiplied(by: Self.half)
        w.values[plane + index] = right(plane) + down(2 * plane).multiplied(by: Self.half)
      }
    }
  }
}
