public import Arrays

/// Keeps some elements of an array of any shape and drops the others: in-painting, and the choice of rows
/// of any other operator.
///
/// The measurements are a list `[kept]` in row-major order. The norm is 1, or 0 where nothing is kept.
public struct SelectionOperator: LinearOperator {
  public let domain: [Int]
  /// The places that are kept, ascending, in row-major order.
  public let indices: [Int]

  /// Keeps the elements at `indices`, which ascend, of arrays of `shape`.
  public init(shape: [Int], indices: [Int]) {
    let count = shape.reduce(1, *)
    guard zip(indices, indices.dropFirst()).allSatisfy({ $0 < $1 }), (indices.first ?? 0) >= 0,
      (indices.last ?? -1) < count
    else { shapeError("indices that do not ascend from 0 to below \(count) elements of \(shape)") }
    domain = shape
    self.indices = indices
  }

  /// Keeps the elements of arrays of `shape` at which `mask`, in row-major order, is true.
  public init(shape: [Int], mask: [Bool]) {
    guard mask.count == shape.reduce(1, *) else {
      shapeError("a mask of \(mask.count) values for arrays \(shape)")
    }
    self.init(shape: shape, indices: mask.indices.filter { mask[$0] })
  }

  public var codomain: [Int] { [indices.count] }
  public var normBound: Double? { 1 }

  public func forward(_ x: ComplexArray, into y: inout ComplexArray) {
    check(x.shape, y.shape)
    for (place, index) in indices.enumerated() { y.values[place] = x.values[index] }
  }

  public func adjoint(_ y: ComplexArray, into x: inout ComplexArray) {
    check(x.shape, y.shape)
    for index in x.values.indices { x.values[index] = .zero }
    for (place, index) in indices.enumerated() { x.values[index] = y.values[place] }
  }

  public func selecting(_ kept: [Int]) -> any LinearOperator {
    SelectionOperator(shape: domain, indices: kept.map { indices[$0] })
  }
}
