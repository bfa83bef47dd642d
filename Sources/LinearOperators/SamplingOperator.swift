public import Arrays

/// Keeps the acquired samples of k-space and sets the others to zero.
public struct SamplingOperator: LinearOperator {
  public let domain: [Int]
  private let mask: [Bool]

  /// Samples arrays of `shape` `[…, rows, columns]`.
  ///
  /// `mask` holds either one value for each column (a 1-D mask along phase encoding) or one for each
  /// element of `[rows, columns]`.
  public init(shape: [Int], mask: [Bool]) {
    guard shape.count >= 2 else {
      shapeError("a sampling operator needs [rows, columns], not \(shape)")
    }
    let (rows, columns) = (shape[shape.count - 2], shape[shape.count - 1])
    guard mask.count == columns || mask.count == rows * columns else {
      shapeError("a mask of \(mask.count) values fits neither axis of \(shape)")
    }
    domain = shape
    self.mask = mask
  }

  public var codomain: [Int] { domain }

  public func forward(_ x: ComplexArray, into y: inout ComplexArray) {
    check(x.shape, y.shape)
    for index in y.values.indices {
      y.values[index] = mask[index % mask.count] ? x.values[index] : .zero
    }
  }

  public func adjoint(_ y: ComplexArray, into x: inout ComplexArray) { forward(y, into: &x) }

  public func normal(_ x: ComplexArray, into y: inout ComplexArray) { forward(x, into: &y) }
}
