public import Arrays

/// Takes white Gaussian noise of a known level off an image.
public protocol ImageDenoiser: Sendable {
  /// The image without its noise.
  ///
  /// - Parameters:
  ///   - image: `[rows, columns]` in the generator's units, its smooth phase taken off.
  ///   - level: the standard deviation of the noise in each of the real and imaginary part.
  func denoised(_ image: ComplexArray, level: Float) -> ComplexArray
}
