public import Arrays

/// One operator after another: `x ↦ outer(inner(x))`.
public struct ComposedOperator: LinearOperator {
  /// The operator applied second.
  public let outer: any LinearOperator
  /// The operator applied first.
  public let inner: any LinearOperator

  /// `outer` after `inner`; the program stops unless the inner codomain is the outer domain.
  public init(_ outer: any LinearOperator, after inner: any LinearOperator) {
    guard inner.codomain == outer.domain else {
      shapeError(
        "\(type(of: outer)) takes \(outer.domain) but \(type(of: inner)) gives \(inner.codomain)")
    }
    self.outer = outer
    self.inner = inner
  }

  public var domain: [Int] { inner.domain }
  public var codomain: [Int] { outer.codomain }

  public func forward(_ x: ComplexArray, into y: inout ComplexArray) {
    outer.forward(inner.forward(x), into: &y)
  }

  public func adjoint(_ y: ComplexArray, into x: inout ComplexArray) {
    inner.adjoint(outer.adjoint(y), into: &x)
  }

  public func normal(_ x: ComplexArray, into y: inout ComplexArray) {
    inner.adjoint(outer.normal(inner.forward(x)), into: &y)
  }
}
