public import Arrays
public import Generators
import Layers
import Numerics

/// Images that a generator draws of itself: samples of its prior, ways from one image to another, and
/// changes of single levels.
///
/// Images are complex `[rows, columns]` in the generator's units; where the generator's image is real
/// they have no imaginary part.
public struct PriorImages: Sendable {
  private let network: FramedNetwork

  /// The deviations of every level: all that determines an image.
  public struct Latents: Sendable {
    let levels: [Features]
  }

  /// Images of `rows × columns`; sides that are no multiples of the coarsest factor are drawn larger
  /// and cut.
  public init(network: LadderNetwork, rows: Int, columns: Int) {
    self.network = FramedNetwork(network, shape: [rows, columns])
  }

  /// The number of levels.
  public var levels: Int { network.network.architecture.levels }

  /// Sample `index` of a seed: deviations from N(0, `temperature`²), the same for every number of
  /// samples.
  public func sample(_ index: Int, seed: UInt64, temperature: Float) -> Latents {
    let random = RandomStream(seed: seed).split(stream: UInt64(index))
    return Latents(
      levels: (0..<levels).map { deviation(level: $0, random, temperature) })
  }

  /// What the encoder makes of a magnitude image `[rows, columns]` of any scale.
  public func encoding(of image: RealArray) -> Latents {
    let scale = generatorScale(image.values)
    return Latents(
      levels: network.encode(
        ComplexArray(shape: image.shape, values: image.values.map { Complex($0 / scale, 0) })))
  }

  /// `latents` with the deviations of level `level` drawn anew, the `number`-th time.
  public func redrawing(
    level: Int, of latents: Latents, number: Int, seed: UInt64, temperature: Float
  ) -> Latents {
    let random = RandomStream(seed: seed).split(stream: 0x6c65_7665_6c).split(
      stream: UInt64(number))
    var levels = latents.levels
    levels[level] = deviation(level: level, random, temperature)
    return Latents(levels: levels)
  }

  /// The latents `share` of the way from `first` to `second`.
  ///
  /// - Parameter onSphere: for samples, along a quarter circle, on which they keep the prior's
  ///   variance; else along a straight line, for encodings, which are not so far apart.
  public func between(
    _ first: Latents, _ second: Latents, share: Float, onSphere: Bool
  ) -> Latents {
    let angle = share * Float.pi / 2
    let (a, b) = onSphere ? (Float.cos(angle), Float.sin(angle)) : (1 - share, share)
    return Latents(
      levels: zip(first.levels, second.levels).map { one, other in
        Features(
          rows: one.rows, columns: one.columns, channels: one.channels,
          values: zip(one.values, other.values).map { a * $0 + b * $1 })
      })
  }

  /// The image of latents.
  public func image(of latents: Latents) -> ComplexArray {
    network.image(of: network.draw(latents.levels).output)
  }

  private func deviation(
    level: Int, _ random: RandomStream, _ temperature: Float
  ) -> Features {
    var random = random.split(stream: UInt64(level))
    return network.deviation(level: level) { temperature * random.normal() }
  }
}
