public import Arrays
import Numerics

/// Down-sampling as a scanner does it: the centre of k-space alone is acquired, and its image is coarse.
///
/// An image `[rows, columns]` becomes one of each side over `factor`, rounded up, of the same brightness: the
/// unitary transforms of the two sizes differ by the root of their ratio, which is divided out. The
/// norm is the root of the ratio of the numbers of pixels, coarse to fine.
public struct KSpaceTruncationOperator: LinearOperator {
  public let domain: [Int]
  public let codomain: [Int]
  private let fine: FourierTransform
  private let coarse: FourierTransform
  private let scale: Float

  /// Truncation of images of `shape` `[rows, columns]`.
  public init(shape: [Int], factor: Int) {
    guard shape.count == 2, shape.allSatisfy({ $0 > 0 }), factor > 0 else {
      shapeError("k-space truncation needs [rows, columns], not \(shape), and a positive factor")
    }
    self.init(shape: shape, coarse: shape.map { ($0 + factor - 1) / factor })
  }

  /// Truncation of images of `shape` `[rows, columns]` to `coarseShape`, no larger along any axis.
  public init(shape: [Int], coarse coarseShape: [Int]) {
    guard shape.count == 2, coarseShape.count == 2,
      zip(shape, coarseShape).allSatisfy({ $0 >= $1 && $1 > 0 })
    else { shapeError("k-space of \(shape) cannot be truncated to \(coarseShape)") }
    domain = shape
    codomain = coarseShape
    fine = FourierTransform(rows: shape[0], columns: shape[1])
    coarse = FourierTransform(rows: codomain[0], columns: codomain[1])
    let (pixels, all) = (codomain.reduce(1, *), shape.reduce(1, *))
    scale = Float((Double(pixels) / Double(all)).squareRoot())
  }

  public var normBound: Double? { Double(scale) }

  public func forward(_ x: ComplexArray, into y: inout ComplexArray) {
    check(x.shape, y.shape)
    var kspace = x
    fine.forward(&kspace)
    eachSample { coarse, fine in y.values[coarse] = kspace.values[fine] }
    coarse.inverse(&y)
    y.scale(by: scale)
  }

  public func adjoint(_ y: ComplexArray, into x: inout ComplexArray) {
    check(x.shape, y.shape)
    var kspace = y
    coarse.forward(&kspace)
    for index in x.values.indices { x.values[index] = .zero }
    eachSample { coarse, fine in x.values[fine] = kspace.values[coarse] }
    fine.inverse(&x)
    x.scale(by: scale)
  }

  /// The image of shape `domain` whose k-space is that of `image`, of shape `codomain`, and zero beyond.
  ///
  /// Sinc interpolation of the same brightness: truncated again it is `image`.
  public func interpolated(_ image: ComplexArray) -> ComplexArray {
    var result = adjoint(image)
    result.scale(by: 1 / (scale * scale))
    return result
  }

  /// The places of every sample of the centre: index n / 2 of either size is the zero frequency.
  private func eachSample(_ body: (_ coarse: Int, _ fine: Int) -> Void) {
    let top = domain[0] / 2 - codomain[0] / 2
    let left = domain[1] / 2 - codomain[1] / 2
    for row in 0..<codomain[0] {
      for column in 0..<codomain[1] {
        body(row * codomain[1] + column, (row + top) * domain[1] + column + left)
      }
    }
  }
}
