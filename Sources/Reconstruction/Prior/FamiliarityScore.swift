public import Arrays
public import Generators
import Layers
import Numerics

/// How unlike the images that a generator was trained for an image is, as one number.
///
/// The image is encoded and drawn again. Quantities of three kinds come of it: what the generator
/// cannot draw, log ‖G(E(x)) − x‖ / ‖x‖; how far the encoder goes from the prior's mean, log mean |ε|
/// of each level; and whither, mean ε of each latent channel. The score is their Mahalanobis distance
/// on the weights' `FamiliarityScale` (as Lee et al., NeurIPS 2018, take one over a network's
/// features). The first kind alone, or the first two, tell far fewer images apart.
public struct FamiliarityScore: Sendable {
  public let scale: FamiliarityScale
  private let network: LadderNetwork

  /// A score by `network`, which is that of `weights`; nil if these were never calibrated.
  public init?(weights: WeightsFile, network: LadderNetwork) {
    guard let scale = weights.familiarity else { return nil }
    self.init(network: network, scale: scale)
  }

  package init(network: LadderNetwork, scale: FamiliarityScale) {
    (self.network, self.scale) = (network, scale)
  }

  /// The score that few images of the trained kind exceed.
  public var threshold: Double { scale.threshold }

  /// The score of a complex image `[rows, columns]` of any scale whose smooth phase is taken off: 0 and
  /// more; infinite if the image is empty or not finite.
  public func score(of image: ComplexArray) -> Double {
    let energy = image.squaredNorm
    guard energy > 0, energy.isFinite else { return .infinity }
    return scale.distance(of: Self.quantities(of: image, network: network))
  }

  /// The score of a magnitude image `[rows, columns]` of any scale.
  public func score(of image: RealArray) -> Double {
    score(of: ComplexArray(shape: image.shape, values: image.values.map { Complex($0, 0) }))
  }

  /// What a user should be told of an image of this score; nil if it is not above the threshold.
  public func warning(_ score: Double) -> String? {
    guard score > threshold else { return nil }
    let figures = "\(rounded(score)), where \(rounded(threshold))"
    return "the image is unlike those that the generator was trained on (score \(figures) is the "
      + "\(Int(scale.percentile))th percentile of such images); compare its reconstruction with a "
      + "method without a generator"
  }

  private func rounded(_ value: Double) -> String {
    value.isFinite ? "\((10 * value).rounded() / 10)" : "infinite"
  }

  /// The number of quantities for a network.
  static func quantityCount(_ architecture: LadderArchitecture) -> Int {
    1 + architecture.levels + architecture.latents.reduce(0, +)
  }

  /// What is measured on an image `[rows, columns]` of any scale, neither empty nor with values that
  /// are not finite.
  package static func quantities(of image: ComplexArray, network: LadderNetwork) -> [Double] {
    var image = image
    image.scale(by: 1 / generatorScale(image.magnitudes.values))
    let framed = FramedNetwork(network, shape: image.shape)
    let deviations = framed.encode(image)
    var error = framed.image(of: framed.draw(deviations).output)
    error.add(-1, times: image)
    var sizes: [Double] = []
    var directions: [Double] = []
    for level in deviations {
      var absolute = 0.0
      var sums = [Double](repeating: 0, count: level.channels)
      for (index, value) in level.values.enumerated() {
        absolute += Double(abs(value))
        sums[index % level.channels] += Double(value)
      }
      sizes.append(Double.log(absolute / Double(level.values.count)))
      directions += sums.map { $0 / Double(level.pixels) }
    }
    return [0.5 * Double.log(error.squaredNorm / image.squaredNorm)] + sizes + directions
  }
}
