public import Arrays

/// How far draws of an image lie from it: what prior and noise leave open, as far as the generator knows.
public struct PosteriorSpread: Sendable {
  /// √ mean (|x_k| − |x|)² over the draws x_k, `[rows, columns]`.
  public let deviation: RealArray

  /// The standard deviation in pixels of the Gaussian over which the squares are meaned: a few draws
  /// alone say little of a single pixel.
  private static let width: Float = 1

  /// The spread of `draws` about `image`, all `[rows, columns]`; zero without draws.
  public init(_ draws: [ComplexArray], about image: ComplexArray) {
    let middle = image.magnitudes.values
    var sums = [Double](repeating: 0, count: middle.count)
    for draw in draws {
      guard draw.shape == image.shape else {
        shapeError("a draw of \(draw.shape) about an image \(image.shape)")
      }
      for (index, value) in draw.magnitudes.values.enumerated() {
        let apart = Double(value - middle[index])
        sums[index] += apart * apart
      }
    }
    let variance = RealArray(
      shape: image.shape, values: sums.map { Float($0 / Double(max(1, draws.count))) })
    let smooth = GaussianSmoothing(width: Self.width).apply(variance)
    deviation = RealArray(shape: image.shape, values: smooth.values.map { $0.squareRoot() })
  }
}
