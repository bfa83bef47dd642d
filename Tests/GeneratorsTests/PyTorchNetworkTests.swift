import Foundation
import Generators
import Layers
import TestSupport
import Testing

/// Networks of real and complex images against the PyTorch module of `protocols/training/pytorch`
/// (`Tests/PeerChecks/pytorch_fixtures.py`).
@Suite struct PyTorchNetworkTests {
  struct Fixture: Decodable {
    struct Network: Decodable {
      struct Decode: Decodable {
        let image: [Float]
        let features: [[Float]]
        let gradients: [[Float]]
      }
      let decode: Decode
      let encode: [[Float]]
      let absoluteError: Double
      let divergences: [Double]
      let gradientNorms: [String: Double]
      let gradientSums: [String: Double]
    }
    let networks: [Network]
  }

  let rows = 8
  let columns = 12

  func fixture(_ channels: Int) throws -> Fixture.Network {
    let networks = try pyTorchFixture(Fixture.self).networks
    #expect(networks.count == 2)
    return networks[channels - 1]
  }

  func network(_ channels: Int) -> LadderNetwork {
    let architecture =
      channels == 1
      ? EvidenceGradientTests.architecture : EvidenceGradientTests.complexArchitecture
    let empty = LadderNetwork(
      architecture: architecture,
      parameters: Array(repeating: 0, count: LadderNetwork.parameterCount(architecture)))
    var parameters = empty.parameters
    for (seed, entry) in empty.layout.entries.sorted(by: { $0.name < $1.name }).enumerated() {
      parameters.replaceSubrange(entry.range, with: wave(entry.count, seed: seed).map { 0.15 * $0 })
    }
    return LadderNetwork(architecture: architecture, parameters: parameters)
  }

  /// Values of level `level`, in PyTorch's order, as features.
  func features(_ values: [Float], level: Int, channels: [Int]) -> Features {
    TestSupport.features(
      channelsFirst: values, channels: channels[level], rows: rows >> (2 - level),
      columns: columns >> (2 - level))
  }

  func latentWave(level: Int, seed: Int) -> Features {
    let latents = EvidenceGradientTests.architecture.latents
    let count = 2 * latents[level] * (rows >> (2 - level)) * (columns >> (2 - level))
    return features(wave(count, seed: seed), level: level, channels: latents)
  }

  /// `[2, rows, columns, channels]` of a wave, scaled and shifted.
  func image(_ channels: Int, seed: Int, _ change: (Float) -> Float = { $0 }) -> Features {
    TestSupport.features(
      channelsFirst: wave(2 * channels * rows * columns, seed: seed).map(change),
      channels: channels, rows: rows, columns: columns)
  }

  func close(_ a: Features, _ b: Features, _ tolerance: Float = 1e-5) -> Bool {
    let scale = b.values.map(abs).max() ?? 1
    return a.shape == b.shape
      && zip(a.values, b.values).allSatisfy { abs($0 - $1) < tolerance * scale }
  }

  @Test(arguments: [1, 2]) func decoderAndItsGradientMatch(channels: Int) throws {
    let expected = try fixture(channels).decode
    let network = network(channels)
    let (generator, architecture) = (network.generator, network.architecture)
    let deviations = (0..<3).map { latentWave(level: $0, seed: 50 + $0) }
    let pass = generator.forward(deviations, rows: rows, columns: columns)
    let drawn = TestSupport.features(
      channelsFirst: expected.image, channels: channels, rows: rows, columns: columns)
    #expect(close(pass.output, drawn))
    let back = generator.backward(image(channels, seed: 60), pass: pass)
    for k in 0..<3 {
      #expect(
        close(
          pass.features(afterLevel: k),
          features(expected.features[k], level: k, channels: architecture.widths)), "level \(k)")
      #expect(
        close(
          back.deviations[k],
          features(expected.gradients[k], level: k, channels: architecture.latents), 2e-5),
        "level \(k)")
    }
  }

  @Test(arguments: [1, 2]) func encoderMatches(channels: Int) throws {
    let expected = try fixture(channels).encode
    let network = network(channels)
    let found = network.encode(image(channels, seed: 61) { 0.5 + 0.5 * $0 })
    #expect(found.count == 3)
    for (k, deviation) in found.enumerated() {
      #expect(
        close(
          deviation, features(expected[k], level: k, channels: network.architecture.latents), 2e-5),
        "level \(k)")
    }
  }

  @Test(arguments: [1, 2]) func evidenceAndItsGradientMatch(channels: Int) throws {
    let expected = try fixture(channels)
    let network = network(channels)
    let image = image(channels, seed: 61) { 0.5 + 0.5 * $0 }
    let noise = (0..<3).map { latentWave(level: $0, seed: 70 + $0) }
    let gradient = ParameterGradient(count: network.parameters.count)
    let evidence = network.evidence(
      image, from: image, noise: noise, settings: .init(imageScale: 0.5), divergenceWeight: 0.7,
      gradient: gradient)
    #expect(abs(evidence.absoluteError - expected.absoluteError) < 1e-5 * expected.absoluteError)
    for (ours, theirs) in zip(evidence.divergences, expected.divergences) {
      #expect(abs(ours - theirs) < 1e-5 * max(theirs, 1e-3))
    }
    for entry in network.layout.entries {
      let part = gradient.values[entry.range].map(Double.init)
      let norm = part.reduce(0) { $0 + $1 * $1 }.squareRoot()
      let theirs = try #require(expected.gradientNorms[entry.name])
      let sum = try #require(expected.gradientSums[entry.name])
      #expect(abs(norm - theirs) < 1e-4 * theirs, "\(entry.name)")
      #expect(abs(part.reduce(0, +) - sum) < 1e-3 * theirs, "\(entry.name)")
    }
  }
}
