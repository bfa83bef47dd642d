public import Arrays
import Numerics

/// A multi-level, orthonormal, periodised wavelet transform of images `[rows, columns]` of any size.
///
/// Coefficients have the image's shape, with the approximation in the first corner of
/// `approximationShape`. Along an axis of odd size `n` the first `n − 1` samples are transformed and
/// the last one passes unchanged into the approximation, which therefore has `(n + 1) / 2` samples.
/// So the transform is exactly orthonormal at every size and its inverse is its adjoint; cycle
/// spinning (`Reconstruction`) moves the seam about.
public struct WaveletOperator: LinearOperator {
  public let domain: [Int]
  /// The filters in use.
  public let filter: WaveletFilter
  /// The number of levels.
  public let levels: Int

  /// A transform of images of `shape` `[rows, columns]` over `levels` levels.
  public init(shape: [Int], filter: WaveletFilter = .daubechies4, levels: Int) {
    guard shape.count == 2, shape.allSatisfy({ $0 > 0 }), levels >= 0 else {
      shapeError("a wavelet transform needs [rows, columns], not \(shape), and no negative levels")
    }
    domain = shape
    self.filter = filter
    self.levels = levels
  }

  /// The most levels, at most `limit`, that leave an approximation of 16 or more along each axis.
  ///
  /// The same smallest band as in mrirecon/bart:src/pics.c.
  public static func usefulLevels(shape: [Int], limit: Int = 4) -> Int {
    var smallest = shape.min() ?? 0
    var levels = 0
    while levels < limit && (smallest + 1) / 2 >= 16 {
      smallest = (smallest + 1) / 2
      levels += 1
    }
    return levels
  }

  public var codomain: [Int] { domain }

  /// The shape of the coarsest approximation, in the first corner of the coefficients.
  public var approximationShape: [Int] { size(at: levels) }

  private func size(at level: Int) -> [Int] {
    (0..<level).reduce(domain) { size, _ in size.map { ($0 + 1) / 2 } }
  }

  public func forward(_ x: ComplexArray, into y: inout ComplexArray) {
    check(x.shape, y.shape)
    y = x
    let pass = WaveletPass(filter: filter, stride: domain[1])
    withScratch(&y) { values, scratch in
      for level in 0..<levels {
        let size = size(at: level)
        pass.analyseRows(values, into: scratch, rows: size[0], columns: size[1])
        pass.analyseColumns(scratch, into: values, rows: size[0], columns: size[1])
      }
    }
  }

  public func adjoint(_ y: ComplexArray, into x: inout ComplexArray) {
    check(x.shape, y.shape)
    x = y
    let pass = WaveletPass(filter: filter, stride: domain[1])
    withScratch(&x) { values, scratch in
      for level in (0..<levels).reversed() {
        let size = size(at: level)
        pass.synthesiseColumns(values, into: scratch, rows: size[0], columns: size[1])
        pass.synthesiseRows(scratch, into: values, rows: size[0], columns: size[1])
      }
    }
  }

  /// The identity, because the transform is orthonormal.
  public func normal(_ x: ComplexArray, into y: inout ComplexArray) {
    checkNormal(x.shape, y.shape)
    y = x
  }

  private func withScratch(
    _ array: inout ComplexArray,
    _ body: (UnsafeMutablePointer<Float>, UnsafeMutablePointer<Float>) -> Void
  ) {
    let floats = 2 * array.count
    let scratch = UnsafeMutablePointer<Float>.allocate(capacity: floats)
    defer { scratch.deallocate() }
    array.values.withMutableInterleaved { body($0, scratch) }
  }
}
