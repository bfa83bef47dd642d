public import Arrays
public import Generators
public import Layers

/// How an image is cut from what a StyleGAN2 draws: the middle of it, its channels' mean if they are more than
/// a complex image has, from the range that it was trained on to 0 … 1.
struct StyleGANImages: Sendable {
  let frame: ImageFrame
  /// What counts as 0 and as 1.
  private let low: Float
  private let high: Float

  /// Throws `ReconstructionError.settings` in the name of `method` for images larger than it draws.
  init(_ weights: StyleGANWeights, shape: [Int], method: String) throws(ReconstructionError) {
    let sizes = weights.architecture
    guard shape[0] <= sizes.rows, shape[1] <= sizes.columns else {
      throw .settings(
        method: method,
        reason: "the image is \(shape[0]) × \(shape[1]), but the generator draws \(sizes.rows) × "
          + "\(sizes.columns)")
    }
    self.init(weights, shape: shape)
  }

  /// All that it draws.
  init(whole weights: StyleGANWeights) {
    self.init(weights, shape: [weights.architecture.rows, weights.architecture.columns])
  }

  private init(_ weights: StyleGANWeights, shape: [Int]) {
    let sizes = weights.architecture
    frame = ImageFrame(shape: shape, rows: sizes.rows, columns: sizes.columns)
    (low, high) = sizes.imageChannels == 2 ? (0, 1) : weights.imageRange
  }

  /// `scale` times the image, `[rows, columns]`.
  func image(_ output: Features, scale: Float) -> ComplexArray {
    let channels = output.channels
    if channels == 2 { return frame.cut(output, scale: scale) }
    let factor = 1 / (Float(channels) * (high - low))
    let grey = Features(
      batch: 1, rows: output.rows, columns: output.columns, channels: 1
    ) { out in
      output.values.withUnsafeBufferPointer { values in
        for pixel in 0..<output.pixels {
          var sum: Float = 0
          for channel in 0..<channels { sum += values[pixel * channels + channel] - low }
          out[pixel] = factor * sum
        }
      }
    }
    return frame.cut(grey, scale: scale)
  }

  /// The gradient with respect to what the generator drew, of one with respect to the image.
  func gradient(_ image: ComplexArray, scale: Float, channels: Int) -> Features {
    if channels == 2 { return frame.paste(image, scale: scale, channels: 2) }
    let factor = 1 / (Float(channels) * (high - low))
    let grey = frame.paste(image, scale: scale * factor, channels: 1)
    if channels == 1 { return grey }
    return Features(batch: 1, rows: grey.rows, columns: grey.columns, channels: channels) { out in
      grey.values.withUnsafeBufferPointer { values in
        for pixel in 0..<grey.pixels {
          for channel in 0..<channels { out[pixel * channels + channel] = values[pixel] }
        }
      }
    }
  }
}

/// The whole image that a StyleGAN2 draws, from the range that it was trained on to 0 … 1.
public struct StyleGANPicture: Sendable {
  private let images: StyleGANImages

  public init(_ weights: StyleGANWeights) {
    images = StyleGANImages(whole: weights)
  }

  /// `[rows, columns]` of what the generator gave.
  public func image(_ output: Features) -> ComplexArray { images.image(output, scale: 1) }
}
