import Arrays
import Foundation
import Generators
import Layers
import Testing

/// The training loss against finite differences, tensor by tensor.
@Suite struct EvidenceGradientTests {
  static let architecture = LadderArchitecture(
    widths: [16, 12, 16], latents: [3, 2, 1], encoderWidths: [8, 16, 12])

  /// The same for complex images.
  static var complexArchitecture: LadderArchitecture {
    var complex = architecture
    (complex.imageChannels, complex.encoderChannels) = (2, 2)
    return complex
  }

  static func network(
    seed: UInt64, of architecture: LadderArchitecture = architecture
  ) -> LadderNetwork {
    var stream = RandomStream(seed: seed)
    let count = LadderNetwork.parameterCount(architecture)
    return LadderNetwork(
      architecture: architecture, parameters: (0..<count).map { _ in 0.06 * stream.normal() })
  }

  static func image(rows: Int, columns: Int, seed: UInt64) -> Features {
    var stream = RandomStream(seed: seed)
    return Features(
      batch: 2, rows: rows, columns: columns, channels: 2,
      values: (0..<4 * rows * columns).map { _ in stream.uniform() })
  }

  @Test func matchesFiniteDifferencesInEveryTensor() {
    let network = Self.network(seed: 3, of: Self.complexArchitecture)
    let images = Self.image(rows: 12, columns: 20, seed: 9)
    // Other images than those to be drawn, as after undersampling.
    let inputs = Self.image(rows: 12, columns: 20, seed: 10)
    var stream = RandomStream(seed: 5)
    let noise = network.latentNoise(batch: 2, rows: 12, columns: 20) { stream.normal() }
    let settings = LadderNetwork.LossSettings(imageScale: 0.5)
    let weight: Float = 0.7
    func loss(_ parameters: [Float]) -> Double {
      let evidence = LadderNetwork(architecture: Self.complexArchitecture, parameters: parameters)
        .evidence(images, from: inputs, noise: noise, settings: settings, divergenceWeight: weight)
      return evidence.absoluteError / Double(settings.imageScale)
        + Double(weight) * evidence.divergences.reduce(0, +)
    }
    let gradient = ParameterGradient(count: network.parameters.count)
    _ = network.evidence(
      images, from: inputs, noise: noise, settings: settings, divergenceWeight: weight,
      gradient: gradient)
    for entry in network.layout.entries {
      // Along the gradient of this tensor alone the derivative is the gradient's norm.
      let part = Array(gradient.values[entry.range])
      let norm = part.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
      guard norm > 1e-7 else {
        Issue.record("\(entry.name) has no gradient")
        continue
      }
      let h = 2e-3
      var (up, down) = (network.parameters, network.parameters)
      for (i, g) in zip(entry.range, part) {
        up[i] += Float(h * Double(g) / norm)
        down[i] -= Float(h * Double(g) / norm)
      }
      let numeric = (loss(up) - loss(down)) / (2 * h)
      #expect(abs(numeric - norm) < 0.02 * norm + 2e-5, "\(entry.name): \(numeric), not \(norm)")
    }
  }
}
