public import Arrays
import Kernels
import Numerics

/// A multi-level, orthonormal, periodised wavelet transform of images `[rows, columns]` of any size.
///
/// Coefficients have the image's shape, with the approximation in the first corner of
/// `approximationShape`. Along an axis of odd size `n` the first `n − 1` samples are transformed and
/// the last one passes unchanged into the approximation, which therefore has `(n + 1) / 2` samples.
/// So the transform is exactly orthonormal at every size and its inverse is its adjoint; cycle
/// spinning (`ShiftedWavelets`) moves the seam about.
public struct WaveletOperator: LinearOperator {
  public let domain: [Int]
  /// The filters in use.
  public let filter: WaveletFilter
  /// The number of levels.
  public let levels: Int
  private let kernelSet: String?

  /// A transform of images of `shape` `[rows, columns]` over `levels` levels.
  public init(shape: [Int], filter: WaveletFilter = .daubechies4, levels: Int) {
    self.init(shape: shape, filter: filter, levels: levels, kernelSet: nil)
  }

  /// The same by kernels of the name `kernelSet`, for tests.
  init(shape: [Int], filter: WaveletFilter, levels: Int, kernelSet: String?) {
    guard shape.count == 2, shape.allSatisfy({ $0 > 0 }), levels >= 0 else {
      shapeError("a wavelet transform needs [rows, columns], not \(shape), and no negative levels")
    }
    domain = shape
    self.filter = filter
    self.levels = levels
    self.kernelSet = kernelSet
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
    if levels == 0 || x.count == 0 {
      y = x
      return
    }
    transform(x, &y) { cascade, place, coefficients, work in
      cascade.analyse(place, into: coefficients, work: work, sharedOut: true)
    }
  }

  public func adjoint(_ y: ComplexArray, into x: inout ComplexArray) {
    check(x.shape, y.shape)
    if levels == 0 || y.count == 0 {
      x = y
      return
    }
    transform(y, &x) { cascade, place, coefficients, work in
      // The two change their parts: what is read are coefficients, what is written is the image.
      cascade.synthesise(
        place.image, into: WaveletCascade.Place(image: coefficients, imageRows: domain[0]),
        work: work, sharedOut: true)
    }
  }

  /// The identity, because the transform is orthonormal.
  public func normal(_ x: ComplexArray, into y: inout ComplexArray) {
    checkNormal(x.shape, y.shape)
    y = x
  }

  private func transform(
    _ source: ComplexArray, _ target: inout ComplexArray,
    _ body: (
      WaveletCascade, WaveletCascade.Place, UnsafeMutablePointer<Float>,
      UnsafeMutablePointer<Float>
    ) -> Void
  ) {
    let cascade = WaveletCascade(
      filter: filter, rows: domain[0], columns: domain[1], levels: levels, kernelSet: kernelSet)
    let work = UnsafeMutablePointer<Float>.allocate(capacity: cascade.workFloats)
    defer { work.deallocate() }
    source.values.withInterleaved { source in
      target.values.withMutableInterleaved { target in
        let place = WaveletCascade.Place(
          image: UnsafeMutablePointer(mutating: source), imageRows: domain[0])
        body(cascade, place, target, work)
      }
    }
  }
}
