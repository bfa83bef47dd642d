public import Arrays

/// An operator times a real factor, such as the one that brings its norm to 1.
public struct ScaledOperator: LinearOperator {
  /// What is scaled.
  public let base: any LinearOperator
  public let factor: Float

  /// `factor` · `base`.
  public init(_ base: any LinearOperator, by factor: Float) {
    (self.base, self.factor) = (base, factor)
  }

  public var domain: [Int] { base.domain }
  public var codomain: [Int] { base.codomain }
  public var normBound: Double? { base.normBound.map { abs(Double(factor)) * $0 } }

  public func forward(_ x: ComplexArray, into y: inout ComplexArray) {
    base.forward(x, into: &y)
    y.scale(by: factor)
  }

  public func adjoint(_ y: ComplexArray, into x: inout ComplexArray) {
    base.adjoint(y, into: &x)
    x.scale(by: factor)
  }

  public func normal(_ x: ComplexArray, into y: inout ComplexArray) {
    base.normal(x, into: &y)
    y.scale(by: factor * factor)
  }

  public func dataLoss(
    _ image: ComplexArray, measurements: ComplexArray, into gradient: inout ComplexArray
  ) -> Double {
    // ½‖c A x − y‖² = c² ½‖A x − y / c‖², so that the base can keep its own pass.
    if factor == 0 {
      for index in gradient.values.indices { gradient.values[index] = .zero }
      return measurements.squaredNorm / 2
    }
    var expected = measurements
    expected.scale(by: 1 / factor)
    let loss = base.dataLoss(image, measurements: expected, into: &gradient)
    gradient.scale(by: factor * factor)
    return Double(factor) * Double(factor) * loss
  }

  public func selecting(_ kept: [Int]) -> any LinearOperator {
    ScaledOperator(base.selecting(kept), by: factor)
  }
}
