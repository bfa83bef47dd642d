public import Arrays
import Numerics

/// An operator on images that are known to be real: x ↦ A Re x.
///
/// It is linear over the real numbers only, and `adjoint`, Re Aᴴ y, is its adjoint in the real inner
/// product Re⟨·, ·⟩. A solver that starts from a real image so stays among the real ones, and learns from
/// complex measurements, such as half of a real image's k-space, what the other half must be.
public struct RealImageOperator: LinearOperator {
  private let base: any LinearOperator

  /// `base` behind the real part.
  public init(_ base: any LinearOperator) { self.base = base }

  public var domain: [Int] { base.domain }
  public var codomain: [Int] { base.codomain }
  public var normBound: Double? { base.normBound }

  public func forward(_ x: ComplexArray, into y: inout ComplexArray) {
    base.forward(real(x), into: &y)
  }

  public func adjoint(_ y: ComplexArray, into x: inout ComplexArray) {
    base.adjoint(y, into: &x)
    clearImaginary(&x)
  }

  public func normal(_ x: ComplexArray, into y: inout ComplexArray) {
    base.normal(real(x), into: &y)
    clearImaginary(&y)
  }

  public func dataLoss(
    _ image: ComplexArray, measurements: ComplexArray, into gradient: inout ComplexArray
  ) -> Double {
    let loss = base.dataLoss(real(image), measurements: measurements, into: &gradient)
    clearImaginary(&gradient)
    return loss
  }

  public func selecting(_ kept: [Int]) -> any LinearOperator {
    RealImageOperator(base.selecting(kept))
  }

  private func real(_ x: ComplexArray) -> ComplexArray {
    var result = x
    clearImaginary(&result)
    return result
  }

  private func clearImaginary(_ x: inout ComplexArray) {
    x.values.withMutableInterleaved { floats in
      for index in 0..<x.shape.reduce(1, *) { floats[2 * index + 1] = 0 }
    }
  }
}
