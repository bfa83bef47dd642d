import Arrays
import Foundation
import Generators
import Layers
import Training

/// The generator with what its passes are timed on.
struct BenchmarkNetwork {
  let architecture: LadderArchitecture
  let network: LadderNetwork
  let side: Int
  let batch: Int
  /// Deviations of all levels, `[batch, rows, columns, latents]`, normal with a deviation of ½.
  let deviations: [Features]
  /// The gradient with respect to the image, `[batch, side, side, imageChannels]`, normal.
  let gradient: Features

  init(weights: WeightsFile, side: Int, batch: Int) {
    architecture = weights.architecture
    network = weights.network
    self.side = side
    self.batch = batch
    var random = RandomStream(seed: 7)
    deviations = network.latentNoise(batch: batch, rows: side, columns: side) {
      0.5 * random.normal()
    }
    gradient = Self.normal([batch, side, side, architecture.imageChannels], seed: 8)
  }

  /// The image and the gradients with respect to the deviations.
  func passes() -> (image: Features, gradients: [Features]) {
    let generator = network.generator
    let pass = generator.forward(deviations, rows: side, columns: side)
    return (pass.output, generator.backward(gradient, pass: pass).deviations)
  }

  /// Features `[batch, rows, columns, channels]` of standard normal values.
  static func normal(_ shape: [Int], seed: UInt64) -> Features {
    var random = RandomStream(seed: seed)
    return Features(
      batch: shape[0], rows: shape[1], columns: shape[2], channels: shape[3],
      values: (0..<shape.reduce(1, *)).map { _ in random.normal() })
  }
}

extension LadderNetwork {
  /// A network as training starts from it, in half precision; far from where its limits cut.
  static func untrained(_ architecture: LadderArchitecture) -> LadderNetwork {
    let slots = LadderSlots(architecture)
    var parameters = slots.initialParameters(seed: 1)
    // A root of zeros lies on the kink of the rectifier.
    var random = RandomStream(seed: 2)
    for entry in slots.layout.entries where entry.name == "decoder.root" {
      for index in entry.range { parameters[index] = random.normal() }
    }
    return LadderNetwork(
      architecture: architecture, parameters: parameters.map { Float(Float16($0)) })
  }
}

/// Images of heads would do as well: a training step takes the same time on all.
struct NoiseImages: TrainingImages {
  let count = 4
  let rows: Int
  let columns: Int

  func image(_ index: Int) -> [Float] {
    var random = RandomStream(seed: UInt64(index))
    return (0..<rows * columns).map { _ in random.uniform() }
  }
}
