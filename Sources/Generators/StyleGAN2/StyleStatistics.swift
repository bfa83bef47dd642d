import Arrays

/// What styles of the prior look like: means and deviations of many draws.
public struct StyleStatistics: Sendable {
  /// √ of the mean squared distance of a style from the mean style.
  public let deviation: Float
  /// Mean and standard deviation of each coordinate of v, where w is v through a leaky rectifier: a normal
  /// density that stands in for the mapping (adamian98/pulse:PULSE.py).
  public let mean: [Float]
  public let scale: [Float]

  /// What `count` draws of z give; each depends on the seed and its number alone.
  public init(_ generator: StyleGANGenerator, count: Int = 4000, seed: UInt64 = 123) {
    let sizes = generator.architecture
    let (latents, width) = (sizes.latentSize, sizes.styleSize)
    let stream = RandomStream(seed: seed)
    var styles = [Float](repeating: 0, count: count * width)
    styles.withUnsafeMutableBufferPointer { styles in
      nonisolated(unsafe) let styles = styles
      parallelFor(count) { index in
        var random = stream.split(stream: UInt64(index))
        let style = generator.mapping.forward((0..<latents).map { _ in random.normal() }).style
        for (place, value) in style.enumerated() { styles[index * width + place] = value }
      }
    }
    var distance = 0.0
    let middle = generator.meanStyle
    var (sums, squares) = (
      [Double](repeating: 0, count: width), [Double](repeating: 0, count: width)
    )
    for (index, style) in styles.enumerated() {
      let place = index % width
      let away = Double(style) - Double(middle[place])
      distance += away * away
      let v = Double(style) * (style > 0 ? 1 : 1 / Double(StyleGANGenerator.slope))
      sums[place] += v
      squares[place] += v * v
    }
    deviation = Float((distance / Double(count)).squareRoot())
    let means = sums.map { $0 / Double(count) }
    mean = means.map { Float($0) }
    scale = zip(squares, means).map { Float(max(0, $0 / Double(count) - $1 * $1).squareRoot()) }
  }

  /// The style of a whitened latent: w = φ(scale z + mean).
  public func style(ofWhitened latent: [Float]) -> [Float] {
    latent.indices.map { index in
      let v = scale[index] * latent[index] + mean[index]
      return v > 0 ? v : StyleGANGenerator.slope * v
    }
  }

  /// The gradient with respect to a whitened latent of one with respect to its style.
  public func gradient(_ gradient: [Double], atWhitened latent: [Float]) -> [Double] {
    latent.indices.map { index in
      let v = scale[index] * latent[index] + mean[index]
      return gradient[index] * Double(scale[index] * (v > 0 ? 1 : StyleGANGenerator.slope))
    }
  }
}
