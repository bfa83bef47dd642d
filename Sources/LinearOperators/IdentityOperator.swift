public import Arrays

/// The image itself is measured: the operator of denoising.
public struct IdentityOperator: LinearOperator {
  public let domain: [Int]

  /// The identity on arrays of `shape`.
  public init(shape: [Int]) { domain = shape }

  public var codomain: [Int] { domain }
  public var normBound: Double? { 1 }

  public func forward(_ x: ComplexArray, into y: inout ComplexArray) {
    check(x.shape, y.shape)
    y = x
  }

  public func adjoint(_ y: ComplexArray, into x: inout ComplexArray) { forward(y, into: &x) }

  public func normal(_ x: ComplexArray, into y: inout ComplexArray) { forward(x, into: &y) }
}
