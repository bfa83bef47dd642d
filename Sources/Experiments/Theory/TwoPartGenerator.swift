import Arrays
import Generators
import LinearOperators
import Numerics
import Reconstruction

/// A generator G = G₂ ∘ G₁ as the theory has it: latents z, features h = G₁(z) at the cut, real images G₂(h).
///
/// The deviations of the levels behind the cut are zeros, and of a complex image the real part is taken.
struct TwoPartGenerator {
  let network: LadderNetwork
  let shape: [Int]
  let cut: Int
  private let generator: CutGenerator

  init(_ network: LadderNetwork, settings: TheorySettings) {
    self.network = network
    (shape, cut) = ([settings.rows, settings.columns], settings.cut)
    generator = CutGenerator(network, cut: cut, shape: shape)
  }

  /// The number of latents, of features and of pixels.
  var latentCount: Int { generator.deviationsBefore }
  var featureCount: Int { generator.features.count }
  var pixelCount: Int { shape[0] * shape[1] }

  /// G₁(z).
  func features(_ latents: [Float]) -> [Float] {
    Array(generator.vector(ofDeviations: latents)[generator.features])
  }

  /// G₂(h), a real image `[rows, columns]`.
  func image(_ features: [Float]) -> ComplexArray {
    var image = generator.image(of: whole(features), scale: 1)
    for index in image.values.indices { image.values[index] = .init(image.values[index].real, 0) }
    return image
  }

  /// What a gradient with respect to the image is with respect to the features.
  func pulledBack(_ gradient: ComplexArray, at features: [Float]) -> [Float] {
    Array(generator.pulledBack(gradient, at: whole(features))[generator.features])
  }

  /// ½‖A G₂(h) − y‖², with its gradient.
  func misfit(
    _ system: any LinearOperator, _ measurements: ComplexArray, at features: [Float],
    gradient: inout [Float]
  ) -> Double {
    let objective = CutObjective(
      generator: generator, system: system, measurements: measurements, scale: 1)
    var all = whole(features)
    let value = objective.value(at: whole(features), gradient: &all)
    gradient = Array(all[generator.features])
    return value
  }

  private func whole(_ features: [Float]) -> [Float] {
    features + [Float](repeating: 0, count: generator.count - features.count)
  }

  /// A draw of z.
  func latents(_ random: inout RandomStream) -> [Float] {
    (0..<latentCount).map { _ in random.normal() }
  }

  /// A deviation that changes a share of `features` by normal numbers, and the image by about `change` of its
  /// norm.
  func sparseDeviation(
    of features: [Float], share: Double, change: Double, _ random: inout RandomStream
  ) -> [Float] {
    var places = Array(features.indices)
    places.shuffle(using: &random)
    var deviation = [Float](repeating: 0, count: features.count)
    let changed = max(1, Int((share * Double(features.count)).rounded()))
    for place in places.prefix(changed) { deviation[place] = random.normal() }
    let image = image(features)
    let norm = image.squaredNorm.squareRoot()
    // The change grows with the factor nearly in proportion: a few steps are enough.
    for _ in 0..<6 {
      let moved = self.image(zip(features, deviation).map { $0 + $1 })
      let factor = Float(change * norm / max(distance(moved, image), 1e-6 * norm))
      for place in places.prefix(changed) { deviation[place] *= factor }
    }
    return deviation
  }

  /// A generator whose weights are drawn: three levels, normal weights of variance 2 over the fan-in, so
  /// that features keep their size from layer to layer.
  static func random(seed: UInt64) -> LadderNetwork {
    let architecture = LadderArchitecture(
      widths: [32, 16, 8], latents: [4, 2, 1], encoderWidths: [4, 4, 4])
    var random = RandomStream(seed: seed).split(stream: 0x67656e)
    var parameters = [Float](
      repeating: 0, count: LadderNetwork.parameterCount(architecture))
    let layout = LadderNetwork(architecture: architecture, parameters: parameters).layout
    for entry in layout.entries {
      let fan = entry.shape.dropFirst().reduce(1, *)
      let size: Float =
        entry.name == "decoder.root"
        ? 1 : entry.name.hasSuffix(".bias") ? 0.1 : Float((2 / Double(fan)).squareRoot())
      // What would make a latent's scale leave its range is kept small.
      let factor: Float = entry.name.contains(".prior.") ? 0.1 : 1
      for index in entry.range { parameters[index] = factor * size * random.normal() }
    }
    return LadderNetwork(architecture: architecture, parameters: parameters)
  }
}

/// ‖v‖₁.
func absoluteSum(_ values: [Float]) -> Double { values.reduce(0.0) { $0 + Double(abs($1)) } }

/// ‖a − b‖.
func distance(_ a: ComplexArray, _ b: ComplexArray) -> Double {
  var difference = a
  difference.add(-1, times: b)
  return difference.squaredNorm.squareRoot()
}
