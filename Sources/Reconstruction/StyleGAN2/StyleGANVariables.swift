import Arrays
import Generators
import Layers

/// What of a StyleGAN2's inputs moves, and how one flat vector holds it.
///
/// The vector is: the level that the network is cut before (0 for none), the latents, the moving noises,
/// and with a cut its features and its image, which stays. A vector says by its first value what else it has.
struct StyleGANVariables: Sendable {
  /// What the styles are made of.
  enum Latents: Sendable {
    /// One latent z, through the mapping.
    case latent
    /// One style w for all layers.
    case style
    /// A style for each layer (w+).
    case styles
    /// A whitened latent for each layer.
    case whitened
  }

  let generator: StyleGANGenerator
  let latents: Latents
  /// How many noises move, from the coarsest on.
  let movingNoises: Int
  /// The noises of all convolutions; the moving ones stand in the vector instead.
  let fixedNoises: [[Float]?]
  /// For whitened latents.
  let statistics: StyleStatistics?

  private var sizes: StyleGANArchitecture { generator.architecture }

  /// The lengths of the latents.
  private var latentLengths: [Int] {
    switch latents {
    case .latent: [sizes.latentSize]
    case .style: [sizes.styleSize]
    case .styles, .whitened: Array(repeating: sizes.styleSize, count: sizes.styleCount)
    }
  }

  /// Where the latents lie in a vector.
  var latentRanges: [Range<Int>] { Self.ranges(latentLengths, from: 1) }

  /// Where the moving noises lie.
  var noiseRanges: [Range<Int>] {
    Self.ranges(
      sizes.noiseSizes.prefix(movingNoises).map { $0.rows * $0.columns },
      from: latentRanges.last?.upperBound ?? 1)
  }

  /// The length of a vector without a cut.
  var baseCount: Int { noiseRanges.last?.upperBound ?? latentRanges.last?.upperBound ?? 1 }

  private static func ranges(_ lengths: [Int], from start: Int) -> [Range<Int>] {
    var end = start
    return lengths.map { length in
      defer { end += length }
      return end..<end + length
    }
  }

  /// The level that a vector cuts before; 0 for none.
  func level(of point: [Float]) -> Int { Int(point[0]) }

  /// Where a cut's features lie.
  func featureRange(level: Int) -> Range<Int> {
    if level == 0 { return baseCount..<baseCount }
    let count =
      sizes.rows(level: level - 1) * sizes.columns(level: level - 1) * sizes.widths[level - 1]
    return baseCount..<baseCount + count
  }

  /// What the generator reads.
  struct Inputs {
    var styles: [[Float]]
    var noises: [[Float]?]
    var cut: StyleGANGenerator.Cut?
    fileprivate var mapping: MappingNetwork.Pass?
  }

  func inputs(_ point: [Float]) -> Inputs {
    let parts = latentRanges.map { Array(point[$0]) }
    var inputs = Inputs(styles: parts, noises: fixedNoises)
    switch latents {
    case .latent:
      let pass = generator.mapping.forward(parts[0])
      (inputs.styles, inputs.mapping) = ([pass.style], pass)
    case .style, .styles: break
    case .whitened:
      inputs.styles = parts.map { part in statistics?.style(ofWhitened: part) ?? part }
    }
    for (index, range) in noiseRanges.enumerated() { inputs.noises[index] = Array(point[range]) }
    let level = level(of: point)
    if level > 0 {
      let range = featureRange(level: level)
      let (rows, columns) = (sizes.rows(level: level - 1), sizes.columns(level: level - 1))
      let image =
        range.upperBound == point.count
        ? nil
        : Features(
          rows: rows, columns: columns, channels: sizes.imageChannels,
          values: point[range.upperBound...])
      inputs.cut = StyleGANGenerator.Cut(
        features: Features(
          rows: rows, columns: columns, channels: sizes.widths[level - 1], values: point[range]),
        image: image, level: level)
    }
    return inputs
  }

  func pass(_ inputs: Inputs) -> StyleGANGenerator.Pass {
    generator.forward(styles: inputs.styles, noises: inputs.noises, from: inputs.cut)
  }

  /// Gradients as one vector; zero for what does not move.
  func vector(
    _ gradients: StyleGANGenerator.Gradients, at point: [Float], _ inputs: Inputs
  ) -> [Float] {
    var result = [Float](repeating: 0, count: point.count)
    var parts = gradients.styles
    switch latents {
    case .latent, .style:
      var sum = [Double](repeating: 0, count: sizes.styleSize)
      for part in gradients.styles {
        for index in part.indices { sum[index] += part[index] }
      }
      parts = [inputs.mapping.map { generator.mapping.backward(sum, pass: $0) } ?? sum]
    case .styles: break
    case .whitened:
      parts = zip(parts, latentRanges).map { part, range in
        statistics?.gradient(part, atWhitened: Array(point[range])) ?? part
      }
    }
    for (part, range) in zip(parts, latentRanges) {
      for (index, value) in zip(range, part) { result[index] = Float(value) }
    }
    for (part, range) in zip(gradients.noises, noiseRanges) where part.count == range.count {
      result.replaceSubrange(range, with: part)
    }
    if inputs.cut != nil {
      gradients.features.values.withUnsafeBufferPointer { values in
        result.replaceSubrange(featureRange(level: level(of: point)), with: values)
      }
    }
    return result
  }

  /// A vector whose network is cut before level `level` where the one given leads.
  func cut(_ point: [Float], before level: Int) -> [Float] {
    let cut = pass(inputs(point)).cut(before: level)
    var result = [Float(level)] + point[1..<baseCount]
    cut.features.values.withUnsafeBufferPointer { result.append(contentsOf: $0) }
    cut.image?.values.withUnsafeBufferPointer { result.append(contentsOf: $0) }
    return result
  }
}
