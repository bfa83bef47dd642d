public import Arrays

/// A linear map between complex arrays of fixed shapes.
///
/// `adjoint` must be the exact adjoint under the inner product `Σ conj(a) · b`; `adjointMismatch(of:)`
/// measures it. The `into` forms overwrite their target, which must have the right shape.
public protocol LinearOperator: Sendable {
  /// The shape of the arrays that `forward` takes.
  var domain: [Int] { get }
  /// The shape of the arrays that `forward` gives.
  var codomain: [Int] { get }

  /// Writes `A x` into `y`: `domain` to `codomain`.
  func forward(_ x: ComplexArray, into y: inout ComplexArray)
  /// Writes `Aᴴ y` into `x`: `codomain` to `domain`.
  func adjoint(_ y: ComplexArray, into x: inout ComplexArray)
  /// Writes `Aᴴ A x` into `y`: `domain` to `domain`.
  func normal(_ x: ComplexArray, into y: inout ComplexArray)

  /// The misfit `½‖A x − y‖²` and its gradient `Aᴴ(A x − y)`.
  ///
  /// `image` and `gradient` are of the shape `domain`, `measurements` of `codomain`.
  func dataLoss(
    _ image: ComplexArray, measurements: ComplexArray, into gradient: inout ComplexArray
  ) -> Double

  /// A number that the norm does not exceed and is near to, where the definition tells one; else nil.
  var normBound: Double? { get }

  /// The operator whose measurements are those at the places `kept` of this one's, in row-major order
  /// and as a list `[kept]`; the places ascend.
  func selecting(_ kept: [Int]) -> any LinearOperator
}

extension LinearOperator {
  /// The adjoint of the forward: what an operator with a fused normal replaces.
  public func normal(_ x: ComplexArray, into y: inout ComplexArray) {
    adjoint(forward(x), into: &y)
  }

  /// One pass forward and one back: what an operator with a fused misfit replaces.
  public func dataLoss(
    _ image: ComplexArray, measurements: ComplexArray, into gradient: inout ComplexArray
  ) -> Double {
    var misfit = forward(image)
    misfit.add(-1, times: measurements)
    adjoint(misfit, into: &gradient)
    return misfit.squaredNorm / 2
  }

  public var normBound: Double? { nil }

  /// All measurements are made and a part of them kept: what an operator of separate rows replaces.
  public func selecting(_ kept: [Int]) -> any LinearOperator {
    ComposedOperator(SelectionOperator(shape: codomain, indices: kept), after: self)
  }

  /// `A x` as a new array of shape `codomain`.
  public func forward(_ x: ComplexArray) -> ComplexArray {
    var y = ComplexArray(zeros: codomain)
    forward(x, into: &y)
    return y
  }

  /// `Aᴴ y` as a new array of shape `domain`.
  public func adjoint(_ y: ComplexArray) -> ComplexArray {
    var x = ComplexArray(zeros: domain)
    adjoint(y, into: &x)
    return x
  }

  /// `Aᴴ A x` as a new array of shape `domain`.
  public func normal(_ x: ComplexArray) -> ComplexArray {
    var y = ComplexArray(zeros: domain)
    normal(x, into: &y)
    return y
  }

  /// Stops the program unless the arrays fit a map from `domain` to `codomain`.
  func check(_ x: [Int], _ y: [Int], function: StaticString = #function) {
    guard x == domain, y == codomain else {
      shapeError("\(Self.self).\(function) maps \(domain) to \(codomain), not \(x) to \(y)")
    }
  }

  /// Stops the program unless both arrays have the shape `domain`.
  func checkNormal(_ x: [Int], _ y: [Int]) {
    guard x == domain, y == domain else {
      shapeError("\(Self.self).normal maps \(domain) to itself, not \(x) to \(y)")
    }
  }
}
