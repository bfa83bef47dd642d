public import Arrays

/// The centred unitary Fourier transform of every image of an array `[…, rows, columns]`.
public struct FourierOperator: LinearOperator {
  public let domain: [Int]
  private let transform: FourierTransform

  /// A transform of arrays of `shape` `[…, rows, columns]` along `axes` of their images.
  public init(shape: [Int], axes: FourierTransform.Axes = .rowsAndColumns) {
    guard shape.count >= 2 else {
      shapeError("a Fourier operator needs [rows, columns], not \(shape)")
    }
    domain = shape
    transform = FourierTransform(
      rows: shape[shape.count - 2], columns: shape[shape.count - 1], axes: axes)
  }

  public var codomain: [Int] { domain }

  public func forward(_ x: ComplexArray, into y: inout ComplexArray) {
    check(x.shape, y.shape)
    y = x
    transform.forward(&y)
  }

  public func adjoint(_ y: ComplexArray, into x: inout ComplexArray) {
    check(x.shape, y.shape)
    x = y
    transform.inverse(&x)
  }

  /// The identity, because the transform is unitary.
  public func normal(_ x: ComplexArray, into y: inout ComplexArray) {
    checkNormal(x.shape, y.shape)
    y = x
  }
}
