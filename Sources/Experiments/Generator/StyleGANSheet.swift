import Arrays
public import Generators
import Reconstruction

extension GeneratorSheet {
  /// Draws what a StyleGAN2 makes of itself: samples, the way between two, or other styles level by level.
  ///
  /// `settings.temperature` is the truncation ψ: how far styles go from their mean to what the mapping gives.
  /// Noises are those of the weights. Throws `ExperimentError` for images to start from, of which a StyleGAN2 has no
  /// encoder, for another size than it draws, and for values that are not finite.
  public init(
    _ content: Content, styleGAN weights: StyleGANWeights, file: String, settings: Settings,
    size: (rows: Int?, columns: Int?) = (nil, nil)
  ) throws {
    let sizes = weights.architecture
    try Self.requireSize(size, of: (sizes.rows, sizes.columns), "\(file): this StyleGAN2")
    let drawing = StyleGANDrawing(weights: weights, settings: settings)
    let cells: [[Cell]]
    switch content {
    case .samples(let count):
      cells = Self.rows((0..<count).map { drawing.cell("sample \($0)", [drawing.style($0)]) })
    case .interpolation(let steps, nil): cells = [drawing.interpolation(steps)]
    case .perturbation(let count, nil): cells = drawing.perturbation(count)
    case .interpolation, .perturbation:
      throw ExperimentError(
        "\(file): a StyleGAN2 has no encoder, so it cannot start from an image; leave --from out")
    }
    try self.init(
      cells, weights: file, settings: settings, temperatureName: "truncation",
      isComplex: sizes.imageChannels == 2, white: 1)
  }
}

/// The images of a StyleGAN2's sheets.
private struct StyleGANDrawing {
  private let generator: StyleGANGenerator
  private let images: StyleGANPicture
  private let settings: GeneratorSheet.Settings

  init(weights: StyleGANWeights, settings: GeneratorSheet.Settings) {
    generator = weights.generator
    images = StyleGANPicture(weights)
    self.settings = settings
  }

  /// The style of sample `index`, truncated.
  func style(_ index: Int) -> [Float] {
    var random = RandomStream(seed: settings.seed).split(stream: UInt64(index))
    let latent = (0..<generator.architecture.latentSize).map { _ in random.normal() }
    return generator.style(of: latent, truncation: settings.temperature)
  }

  func cell(_ title: String, _ styles: [[Float]]) -> GeneratorSheet.Cell {
    let pass = generator.forward(styles: styles, noises: generator.constantNoises)
    return GeneratorSheet.Cell(title: title, image: images.image(pass.output))
  }

  /// On the straight way between two styles.
  func interpolation(_ steps: Int) -> [GeneratorSheet.Cell] {
    GeneratorSheet.way(steps, from: style(0), to: style(1)) { cell($0, [$1]) }
  }

  /// For each level sample 0, and others whose convolutions of that level have the style of another sample.
  func perturbation(_ count: Int) -> [[GeneratorSheet.Cell]] {
    let sizes = generator.architecture
    let base = Array(repeating: style(0), count: sizes.styleCount)
    return (0..<sizes.levels).map { level in
      [cell("sample 0", base)]
        + (1...count).map { number in
          var styles = base
          for layer in generator.layers(ofLevel: level) { styles[layer] = style(number) }
          return cell("level \(level), style of sample \(number)", styles)
        }
    }
  }
}
