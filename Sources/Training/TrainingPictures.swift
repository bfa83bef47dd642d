public import Arrays
import Generators
import Layers
import Numerics

/// Pictures of what a network does at present, all magnitudes in the generator's units.
public struct TrainingPictures: Sendable {
  /// A held-out image on its way through the network.
  public struct Pair: Sendable {
    /// What the encoder sees, `[rows, columns]`.
    public let input: RealArray
    /// What should be drawn.
    public let target: RealArray
    /// What the decoder draws of the encoder's means.
    public let drawn: RealArray
  }

  public let pairs: [Pair]
  /// Images of random deviations.
  public let samples: [RealArray]
  /// The value that is shown white.
  public static let white = LadderNetwork.brightest
}

extension Trainer {
  /// Pictures of the averaged network: the images `choice`, and as many samples of the prior.
  ///
  /// The images are undersampled if the recipe does so. Masks and noise are the same at every step.
  public func pictures(of images: some TrainingImages, choice: [Int]) -> TrainingPictures {
    let network = averaged
    let factor = recipe.architecture.coarsestFactor
    let root = RandomStream(seed: 0x7069_6374)
    let pairs = choice.map { index in
      var stream = root.split(stream: UInt64(index))
      let image = images.cropped(index, toMultiplesOf: factor, channels: 1)
      let pair = pair(image, random: &stream)
      let input = features(pair.input, channels: recipe.architecture.encoderChannels)
      return TrainingPictures.Pair(
        input: pair.input.magnitudes, target: pair.target.magnitudes,
        drawn: Self.image(network, network.encode(input), rows: image.rows, columns: image.columns))
    }
    let side = recipe.crop
    let samples = choice.indices.map { number in
      var stream = root.split(stream: UInt64.max - UInt64(number))
      let noise = network.latentNoise(batch: 1, rows: side, columns: side) { stream.normal() }
      return Self.image(network, noise, rows: side, columns: side)
    }
    return TrainingPictures(pairs: pairs, samples: samples)
  }

  private func pair(_ image: Features, random: inout RandomStream) -> Undersampling.Pair {
    let values = Array(image.values)
    let view = RealArray(shape: [image.rows, image.columns], values: values)
    if recipe.undersampling.share > 0,
      let pair = recipe.undersampling.pair(view, random: &random)
    {
      return pair
    }
    let whole = ComplexArray(shape: view.shape, values: values.map { Complex($0, 0) })
    return Undersampling.Pair(input: whole, target: whole)
  }

  private func features(_ image: ComplexArray, channels: Int) -> Features {
    Features(batch: 1, rows: image.shape[0], columns: image.shape[1], channels: channels) { out in
      for (pixel, value) in image.values.enumerated() {
        out[channels * pixel] = value.real
        if channels == 2 { out[2 * pixel + 1] = value.imaginary }
      }
    }
  }

  /// The magnitude of what the decoder draws.
  private static func image(
    _ network: LadderNetwork, _ deviations: [Features], rows: Int, columns: Int
  ) -> RealArray {
    let drawn = network.generator.forward(deviations, rows: rows, columns: columns).output
    let values = Array(drawn.values)
    let channels = drawn.channels
    return RealArray(
      shape: [rows, columns],
      values: (0..<rows * columns).map { pixel in
        channels == 1
          ? abs(values[pixel])
          : (values[2 * pixel] * values[2 * pixel]
            + values[2 * pixel + 1] * values[2 * pixel + 1]).squareRoot()
      })
  }
}
