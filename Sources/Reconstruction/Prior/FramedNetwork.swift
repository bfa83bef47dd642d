import Arrays
import Generators
import Layers
import Numerics

/// A network together with the frame that images of one size lie in: complex images in, complex
/// images out, all in the generator's units.
struct FramedNetwork: Sendable {
  let network: LadderNetwork
  let frame: ImageFrame
  private let start: Generator.Start?

  /// A network for images of `shape` `[rows, columns]`.
  init(_ network: LadderNetwork, shape: [Int]) {
    self.network = network
    frame = ImageFrame(shape: shape, factor: network.architecture.coarsestFactor)
    start = network.generator.start(rows: frame.paddedRows, columns: frame.paddedColumns)
  }

  /// The deviations of all levels, coarse to fine, that the encoder gives for an image
  /// `[rows, columns]`.
  func encode(_ image: ComplexArray) -> [Features] {
    network.encode(features(of: image, channels: network.architecture.encoderChannels))
  }

  /// The generator's pass for deviations; nil or a missing one is the prior's mean.
  func draw(_ deviations: [Features?]) -> Generator.Pass {
    network.generator.forward(
      deviations, start: start, rows: frame.paddedRows, columns: frame.paddedColumns)
  }

  /// Deviations of level `index` that `value` gives one after the other.
  func deviation(level index: Int, _ value: () -> Float) -> Features {
    let shape = network.generator.deviationShape(
      level: index, rows: frame.paddedRows, columns: frame.paddedColumns)
    return Features(
      rows: shape[0], columns: shape[1], channels: shape[2],
      values: (0..<shape.reduce(1, *)).map { _ in value() })
  }

  /// The image's part of features `[1, paddedRows, paddedColumns, 1 or 2]`, the channels being real and
  /// imaginary part.
  func image(of features: Features) -> ComplexArray { frame.cut(features, scale: 1) }

  /// The adjoint of `image(of:)` in the real inner product: `channels` parts of an image
  /// `[rows, columns]`, zero outside it.
  func features(of image: ComplexArray, channels: Int) -> Features {
    frame.paste(image, scale: 1, channels: channels)
  }
}

/// What an image's magnitude is divided by so that it has the generator's units: its 99.8th percentile
/// becomes `LadderNetwork.brightest`, as in training.
func generatorScale(_ magnitudes: [Float]) -> Float {
  let bright = percentile(magnitudes, 99.8)
  return bright > 0 ? bright / LadderNetwork.brightest : 1
}
