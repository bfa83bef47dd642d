public import Arrays
import Numerics

/// The circular convolution of images `[rows, columns]` with a real kernel: blur.
///
/// y[p] = Σ_q k[q] x[p − q + c] with the kernel's centre c = sides / 2, rounded down; indices wrap around. It is
/// a product in k-space, so AᴴA takes two transforms as A does. A kernel whose values are not negative
/// and add up to 1 has the norm 1.
public struct ConvolutionOperator: LinearOperator {
  public let domain: [Int]
  private let transform: FourierTransform
  /// The factor of each sample of centred k-space.
  private let response: [Complex<Float>]

  /// The convolution of images of `shape` `[rows, columns]` with `kernel`, which may be larger: it wraps
  /// around too.
  public init(shape: [Int], kernel: RealArray) {
    guard shape.count == 2, shape.allSatisfy({ $0 > 0 }), kernel.shape.count == 2,
      kernel.count > 0
    else { shapeError("a convolution of images \(shape) with a kernel \(kernel.shape)") }
    domain = shape
    let (rows, columns) = (shape[0], shape[1])
    transform = FourierTransform(rows: rows, columns: columns)
    // The kernel about the image's centre, which is the origin of the centred transform.
    var spread = ComplexArray(zeros: shape)
    for i in 0..<kernel.shape[0] {
      for j in 0..<kernel.shape[1] {
        let row = Self.wrapped(rows / 2 + i - kernel.shape[0] / 2, rows)
        let column = Self.wrapped(columns / 2 + j - kernel.shape[1] / 2, columns)
        spread.values[row * columns + column] += Complex(
          kernel.values[i * kernel.shape[1] + j], 0)
      }
    }
    transform.forward(&spread)
    spread.scale(by: Float(Double(rows * columns).squareRoot()))
    response = spread.values
  }

  private static func wrapped(_ index: Int, _ size: Int) -> Int { ((index % size) + size) % size }

  public var codomain: [Int] { domain }

  /// The largest magnitude in k-space, which is the norm.
  public var normBound: Double? {
    response.reduce(0.0) { max($0, Double($1.lengthSquared)) }.squareRoot()
  }

  public func forward(_ x: ComplexArray, into y: inout ComplexArray) {
    check(x.shape, y.shape)
    filter(x, into: &y) { $0 }
  }

  public func adjoint(_ y: ComplexArray, into x: inout ComplexArray) {
    check(x.shape, y.shape)
    filter(y, into: &x) { $0.conjugate }
  }

  public func normal(_ x: ComplexArray, into y: inout ComplexArray) {
    checkNormal(x.shape, y.shape)
    filter(x, into: &y) { Complex($0.lengthSquared, 0) }
  }

  private func filter(
    _ x: ComplexArray, into y: inout ComplexArray, _ factor: (Complex<Float>) -> Complex<Float>
  ) {
    y = x
    transform.forward(&y)
    for index in y.values.indices { y.values[index] *= factor(response[index]) }
    transform.inverse(&y)
  }
}
