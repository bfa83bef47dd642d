public import Arrays

/// Compressed sensing by random samples of k-space: y = (F x)[I], F centred and unitary.
///
/// The zero frequency is always among them. For images `[rows, columns]`; measurements are a list `[m]`, the
/// norm is 1. A mask along phase encoding is `SamplingOperator`'s business.
public struct PartialFourierOperator: LinearOperator {
  private let fourier: FourierOperator
  private let selection: SelectionOperator

  /// `measurements` samples, at least one, for images of `shape` `[rows, columns]`, drawn from `seed` without
  /// replacement.
  public init(shape: [Int], measurements: Int, seed: UInt64) {
    let count = shape.reduce(1, *)
    guard shape.count == 2, (1...max(1, count)).contains(measurements) else {
      shapeError("\(measurements) samples of k-space \(shape)")
    }
    let centre = shape[0] / 2 * shape[1] + shape[1] / 2
    let others = RandomChoice(seed: seed).indices(measurements - 1, of: count - 1).map {
      $0 < centre ? $0 : $0 + 1
    }
    self.init(shape: shape, indices: (others + [centre]).sorted())
  }

  private init(shape: [Int], indices: [Int]) {
    fourier = FourierOperator(shape: shape)
    selection = SelectionOperator(shape: shape, indices: indices)
  }

  public var domain: [Int] { fourier.domain }
  public var codomain: [Int] { selection.codomain }
  public var normBound: Double? { 1 }

  public func forward(_ x: ComplexArray, into y: inout ComplexArray) {
    check(x.shape, y.shape)
    selection.forward(fourier.forward(x), into: &y)
  }

  public func adjoint(_ y: ComplexArray, into x: inout ComplexArray) {
    check(x.shape, y.shape)
    fourier.adjoint(selection.adjoint(y), into: &x)
  }

  public func selecting(_ kept: [Int]) -> any LinearOperator {
    PartialFourierOperator(shape: domain, indices: kept.map { selection.indices[$0] })
  }
}
