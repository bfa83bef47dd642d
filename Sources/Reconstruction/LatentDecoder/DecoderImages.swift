public import Arrays
public import Generators
import Layers
import LinearOperators
import Numerics

/// How an image is made of what a decoder draws: its range to 0 … 1, its middle where the image is smaller, and
/// enlarged to cover the image where that is larger.
///
/// Both axes are enlarged alike, by linear interpolation: the decoder's square stands for the square about the
/// image's longer side.
struct DecoderImages: Sendable {
  private let enlargement: SeparableOperator
  /// What counts as 0 and as 1.
  private let low: Float
  private let high: Float

  /// For images of `shape` `[rows, columns]`.
  init(_ weights: DecoderWeights, shape: [Int]) {
    let sizes = weights.architecture
    let factor = max(
      1, Double(shape[0]) / Double(sizes.rows), Double(shape[1]) / Double(sizes.columns))
    enlargement = SeparableOperator(
      rows: .linearEnlargement(of: sizes.rows, to: shape[0], by: factor),
      columns: .linearEnlargement(of: sizes.columns, to: shape[1], by: factor))
    (low, high) = weights.imageRange
  }

  /// `scale` times the image, `[rows, columns]`.
  func image(_ output: Features, scale: Float) -> ComplexArray {
    let factor = scale / (high - low)
    return enlargement.forward(
      ComplexArray(
        shape: enlargement.domain,
        values: output.values.map { Complex(factor * ($0 - low), 0) }))
  }

  /// The gradient with respect to what the decoder drew, of one with respect to the image.
  func gradient(_ image: ComplexArray, scale: Float) -> Features {
    let factor = scale / (high - low)
    let back = enlargement.adjoint(image)
    return Features(
      rows: back.shape[0], columns: back.shape[1], channels: 1,
      values: back.values.map { factor * $0.rawStorage.x })
  }
}

/// The whole image that a decoder draws, from the range that it was trained on to 0 … 1.
public struct DecoderPicture: Sendable {
  private let images: DecoderImages
  private let decoder: LatentDecoder

  public init(_ weights: DecoderWeights) {
    images = DecoderImages(
      weights, shape: [weights.architecture.rows, weights.architecture.columns])
    decoder = weights.decoder
  }

  /// `[rows, columns]` of a latent.
  public func image(of latent: [Float]) -> ComplexArray {
    images.image(decoder.forward(latent).output, scale: 1)
  }
}
