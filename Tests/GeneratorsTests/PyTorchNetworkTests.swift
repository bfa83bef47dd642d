import Foundation
import Generators
import Layers
import TestSupport
import Testing

/// The whole network against the plain PyTorch version of `Tests/PeerChecks/pytorch_fixtures.py`.
@Suite struct PyTorchNetworkTests {
  struct Fixture: Decodable {
    struct Network: Decodable {
      struct Decode: Decodable {
        let image: [Float]
        let gradients: [[Float]]
      }
      let decode: Decode
      let encode: [[Float]]
      let absoluteError: Double
      let divergences: [Double]
      let gradientNorms: [String: Double]
      let gradientSums: [String: Double]
    }
    let network: Network
  }

  let rows = 8
  let columns = 12
  let architecture = EvidenceGradientTests.architecture

  func fixture() throws -> Fixture.Network { try pyTorchFixture(Fixture.self).network }

  func latent(_ values: [Float], level: Int) -> Features {
    features(
      channelsFirst: values, channels: architecture.latents[level], rows: rows >> (2 - level),
      columns: columns >> (2 - level))
  }

  func latentWave(level: Int, seed: Int) -> Features {
    let count =
      2 * architecture.latents[level] * (rows >> (2 - level)) * (columns >> (2 - level))
    return latent(wave(count, seed: seed), level: level)
  }

  var network: LadderNetwork {
    let empty = LadderNetwork(
      architecture: architecture,
      parameters: Array(repeating: 0, count: LadderNetwork.parameterCount(architecture)))
    var parameters = empty.parameters
    for (seed, entry) in empty.layout.entries.enumerated() {
      parameters.replaceSubrange(entry.range, with: wave(entry.count, seed: seed).map { 0.15 * $0 })
    }
    return LadderNetwork(architecture: architecture, parameters: parameters)
  }

  func close(
    _ a: some Collection<Float>, _ b: some Collection<Float>, _ tolerance: Float = 1e-5
  ) -> Bool {
    let scale = b.map(abs).max() ?? 1
    return a.count == b.count && zip(a, b).allSatisfy { abs($0 - $1) < tolerance * scale }
  }

  @Test func decoderAndItsGradientMatch() throws {
    let expected = try fixture().decode
    let generator = network.generator
    let deviations = (0..<3).map { latentWave(level: $0, seed: 50 + $0) }
    let pass = generator.forward(deviations, rows: rows, columns: columns)
    #expect(close(pass.output.values, expected.image))
    let gradient = Features(
      batch: 2, rows: rows, columns: columns, channels: 1,
      values: wave(2 * rows * columns, seed: 60))
    let back = generator.backward(gradient, pass: pass)
    for k in 0..<3 {
      #expect(
        close(back.deviations[k].values, latent(expected.gradients[k], level: k).values, 2e-5),
        "level \(k)")
    }
  }

  @Test func encoderMatches() throws {
    let expected = try fixture().encode
    let image = Features(
      batch: 2, rows: rows, columns: columns, channels: 1,
      values: wave(2 * rows * columns, seed: 61).map { 0.5 + 0.5 * $0 })
    for (k, deviation) in network.encode(image).enumerated() {
      #expect(close(deviation.values, latent(expected[k], level: k).values, 2e-5), "level \(k)")
    }
  }

  @Test func evidenceAndItsGradientMatch() throws {
    let expected = try fixture()
    let network = network
    let image = Features(
      batch: 2, rows: rows, columns: columns, channels: 1,
      values: wave(2 * rows * columns, seed: 61).map { 0.5 + 0.5 * $0 })
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
