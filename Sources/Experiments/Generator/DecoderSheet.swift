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
    guard size.rows ?? sizes.rows == sizes.rows, size.columns ?? sizes.columns == sizes.columns
    else {
      throw ExperimentError(
        "\(file): this decoder draws \(sizes.rows) × \(sizes.columns) pixels and no other size; leave --rows "
          + "and --columns out")
    }
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
      let (first, second) = (latent(0), latent(1))
      cells = [
        (0..<steps).map { step in
          let share = Float(step) / Float(max(1, steps - 1))
          return Cell(
            title: Self.wayTitle(step, of: steps),
            image: picture.image(of: zip(first, second).map { $0 + share * ($1 - $0) }))
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

  /// The title of an image on the way between two samples.
  static func wayTitle(_ step: Int, of steps: Int) -> String {
    if step == 0 { return "sample 0" }
    return step == steps - 1
      ? "sample 1" : "\(Int((100 * Float(step) / Float(max(1, steps - 1))).rounded())) %"
  }
}
