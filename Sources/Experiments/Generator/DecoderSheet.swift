import Arrays
public import Generators
import Reconstruction

extension GeneratorSheet {
  /// Draws what a decoder of one latent makes of itself: samples, or the straight way between two latents.
  ///
  /// Throws `ExperimentError` for what needs an encoder or levels, of which a decoder has none, for another size
  /// than it draws, and for values that are not finite.
  public init(
    _ content: Content, decoder weights: DecoderWeights, file: String, settings: Settings,
    size: (rows: Int?, columns: Int?) = (nil, nil)
  ) throws {
    let sizes = weights.architecture
    try Self.requireSize(size, of: (sizes.rows, sizes.columns), "\(file): this decoder")
    let picture = DecoderPicture(weights)
    func latent(_ index: Int) -> [Float] {
      var random = RandomStream(seed: settings.seed).split(stream: UInt64(index))
      return (0..<sizes.latentSize).map { _ in settings.temperature * random.normal() }
    }
    let cells: [[Cell]]
    switch content {
    case .samples(let count):
      cells = Self.rows(
        (0..<count).map { Cell(title: "sample \($0)", image: picture.image(of: latent($0))) })
    case .interpolation(let steps, nil):
      cells = [
        Self.way(steps, from: latent(0), to: latent(1)) {
          Cell(title: $0, image: picture.image(of: $1))
        }
      ]
    case .perturbation:
      throw ExperimentError("\(file): a decoder of one latent has no levels; leave --perturb out")
    case .interpolation:
      throw ExperimentError(
        "\(file): a decoder has no encoder, so it cannot start from an image; leave --from out")
    }
    try self.init(
      cells, weights: file, settings: settings, temperatureName: "temperature", isComplex: false,
      white: 1)
  }
}
