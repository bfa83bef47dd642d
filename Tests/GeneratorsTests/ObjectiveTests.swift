import Arrays
import Foundation
import Layers
import TestSupport
import Testing

@testable import Generators

/// The further objectives of training, against finite differences and PyTorch
/// (`Tests/PeerChecks/objective_fixtures.py`).
@Suite struct ObjectiveTests {
  typealias Loss = (LadderNetwork.Evidence) -> Double

  static let rows = 12
  static let columns = 20
  static let weight: Float = 0.7

  /// The derivative of `loss` along the gradient of each tensor is that gradient's norm.
  private func check(
    _ settings: LadderNetwork.LossSettings, judgement: ((Features) -> Features)? = nil,
    further: @escaping (LadderNetwork) -> Double = { _ in 0 },
    loss: (LadderNetwork.Evidence) -> Loss
  ) {
    let network = EvidenceGradientTests.network(
      seed: 3, of: EvidenceGradientTests.complexArchitecture)
    let images = EvidenceGradientTests.image(rows: Self.rows, columns: Self.columns, seed: 9)
    let inputs = EvidenceGradientTests.image(rows: Self.rows, columns: Self.columns, seed: 10)
    let noise = Self.noise(network)
    let gradient = ParameterGradient(count: network.parameters.count)
    let start = network.evidence(
      images, from: inputs, noise: noise, settings: settings, divergenceWeight: Self.weight,
      gradient: gradient, judgement: judgement)
    let own = loss(start)
    func value(_ parameters: [Float]) -> Double {
      let network = network.replacing(parameters: parameters)
      return own(
        network.evidence(
          images, from: inputs, noise: noise, settings: settings, divergenceWeight: Self.weight))
        + further(network)
    }
    for entry in network.layout.entries {
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
      let numeric = (value(up) - value(down)) / (2 * h)
      #expect(abs(numeric - norm) < 0.02 * norm + 3e-5, "\(entry.name): \(numeric), not \(norm)")
    }
  }

  static func noise(_ network: LadderNetwork) -> [Features] {
    var stream = RandomStream(seed: 5)
    return network.latentNoise(batch: 2, rows: rows, columns: columns) { stream.normal() }
  }

  /// The likelihood at its best scale is log mean |y − x| but for a constant.
  @Test func theScaleOfTheBatchHasTheGradientOfItsLogarithm() {
    check(.init(outputScale: .batch)) { start in
      #expect(start.outputScale == start.absoluteError)
      return { log($0.absoluteError) + Double(Self.weight) * $0.divergences.reduce(0, +) }
    }
  }

  /// No other scale makes the batch likelier; below the least one the scale stays.
  @Test func theScaleOfTheBatchIsTheLikeliest() {
    let settings = LadderNetwork.LossSettings(outputScale: .batch)
    func loss(_ scale: Double, _ error: Double) -> Double { error / scale + log(2 * scale) }
    for error in [0.004, 0.02, 0.3] {
      let scale = settings.scale(meanAbsoluteError: error)
      for factor in [0.5, 0.9, 1.1, 2] {
        #expect(loss(scale, error) < loss(factor * scale, error))
      }
    }
    #expect(settings.scale(meanAbsoluteError: 1e-5) == exp(-6))
    #expect(settings.scale(meanAbsoluteError: .nan).isNaN)
    #expect(LadderNetwork.LossSettings(imageScale: 0.5).scale(meanAbsoluteError: 0.1) == 0.5)
    let fixed = LadderNetwork.LossSettings(imageScale: 0.5, outputScale: .fixed)
    #expect(fixed.scale(meanAbsoluteError: 0.1) == 0.5)
  }

  @Test func balancedDivergencesHaveTheirGradient() {
    let settings = LadderNetwork.LossSettings(imageScale: 0.5, balancing: .nvae)
    check(settings) { start in
      let factors = Self.factors(start)
      #expect(Set(factors).count == 3)
      return { evidence in
        evidence.absoluteError / 0.5
          + zip(factors, evidence.divergences).reduce(0) {
            $0 + Double(Self.weight) * $1.0 * $1.1
          }
      }
    }
  }

  static func factors(_ evidence: LadderNetwork.Evidence, weight: Float = weight) -> [Double] {
    let architecture = EvidenceGradientTests.complexArchitecture
    return LadderNetwork.DivergenceBalancing.nvae.factors(
      divergences: evidence.divergences.map { $0 * Double(2 * rows * columns) },
      latents: (0..<3).map {
        architecture.deviationShape(level: $0, rows: rows, columns: columns).reduce(1, *)
      }, weight: weight)
  }

  /// Levels of equal nats a value cost the same; one that carries nothing costs next to nothing; after
  /// the warm-up all cost the same.
  @Test func factorsFollowTheNatsAValue() {
    let balancing = LadderNetwork.DivergenceBalancing.nvae
    let latents = [10, 40, 160]
    let equal = balancing.factors(
      divergences: [1e3, 4e3, 16e3], latents: latents, weight: 0.5)
    #expect(equal.allSatisfy { abs($0 - 1) < 1e-4 })
    let empty = balancing.factors(divergences: [0, 4e3, 16e3], latents: latents, weight: 0.5)
    #expect(empty[0] < 1e-4 && abs(empty[1] - 1.5) < 1e-3 && abs(empty[2] - 1.5) < 1e-3)
    for (other, weight) in [(balancing, Float(1)), (.equal, 0.5)] {
      #expect(
        other.factors(divergences: [0, 9, 1], latents: latents, weight: weight) == [1, 1, 1])
    }
  }

  @Test func aJudgementAddsItsGradient() {
    var random = RandomStream(seed: 8)
    let sides = (rows: 16, columns: 24)
    let network = EvidenceGradientTests.network(
      seed: 3, of: EvidenceGradientTests.complexArchitecture)
    let discriminator = PatchDiscriminator(
      channels: 2, width: 4,
      parameters: PatchDiscriminator.initialParameters(
        channels: 2, width: 4, random: &random
      ).map { 3 * $0 })
    let images = EvidenceGradientTests.image(rows: sides.rows, columns: sides.columns, seed: 9)
    let inputs = EvidenceGradientTests.image(rows: sides.rows, columns: sides.columns, seed: 10)
    let noise = network.latentNoise(batch: 2, rows: sides.rows, columns: sides.columns) {
      random.normal()
    }
    let settings = LadderNetwork.LossSettings(imageScale: 1e4)
    func loss(_ network: LadderNetwork, _ gradient: ParameterGradient) -> Double {
      var value = 0.0
      _ = network.evidence(
        images, from: inputs, noise: noise, settings: settings, divergenceWeight: 0,
        gradient: gradient
      ) { image in
        let pass = discriminator.forward(image)
        let judged = AdversarialLoss.generator(pass.scores)
        value = judged.loss
        return discriminator.backward(judged.gradient, pass: pass)
      }
      return value
    }
    let gradient = ParameterGradient(count: network.parameters.count)
    _ = loss(network, gradient)
    let other = ParameterGradient(count: network.parameters.count)
    for name in ["decoder.output.weight", "decoder.level1.exit.first.weight"] {
      guard let entry = network.layout.entries.first(where: { $0.name == name }) else {
        Issue.record("no \(name)")
        continue
      }
      let part = Array(gradient.values[entry.range])
      let norm = part.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
      let h = 1e-2
      var (up, down) = (network.parameters, network.parameters)
      for (i, g) in zip(entry.range, part) {
        up[i] += Float(h * Double(g) / norm)
        down[i] -= Float(h * Double(g) / norm)
      }
      let numeric =
        (loss(network.replacing(parameters: up), other)
          - loss(network.replacing(parameters: down), other)) / (2 * h)
      #expect(norm > 1e-4 && abs(numeric - norm) < 0.03 * norm, "\(name): \(numeric), not \(norm)")
    }
  }

  private struct Fixture: Decodable {
    struct Sums: Decodable {
      let norms: [String: Double]
      let sums: [String: Double]
    }
    struct Scale: Decodable {
      let scale: Double
      let gradients: Sums
    }
    struct Balanced: Decodable {
      let factors: [Double]
      let gradients: Sums
    }
    let batchScale: Scale
    let balanced: Balanced
  }

  /// The two objectives with the network, image and noise of `PyTorchNetworkTests`.
  @Test func pyTorchHasTheSameGradients() throws {
    let fixture = try pyTorchFixture(Fixture.self, "objectives.json")
    let peers = PyTorchNetworkTests()
    let network = peers.network(2)
    let image = peers.image(2, seed: 61) { 0.5 + 0.5 * $0 }
    let noise = (0..<3).map { peers.latentWave(level: $0, seed: 70 + $0) }
    for (settings, theirs) in [
      (LadderNetwork.LossSettings(outputScale: .batch), fixture.batchScale.gradients),
      (.init(imageScale: 0.5, balancing: .nvae), fixture.balanced.gradients),
    ] {
      let gradient = ParameterGradient(count: network.parameters.count)
      let evidence = network.evidence(
        image, from: image, noise: noise, settings: settings, divergenceWeight: 0.7,
        gradient: gradient)
      for entry in network.layout.entries {
        let part = gradient.values[entry.range].map(Double.init)
        let norm = part.reduce(0) { $0 + $1 * $1 }.squareRoot()
        let expected = try #require(theirs.norms[entry.name])
        let sum = try #require(theirs.sums[entry.name])
        #expect(abs(norm - expected) < 1e-4 * expected, "\(entry.name)")
        #expect(abs(part.reduce(0, +) - sum) < 1e-3 * expected, "\(entry.name)")
      }
      if settings.outputScale == .batch {
        #expect(abs(evidence.outputScale - fixture.batchScale.scale) < 1e-6)
      } else {
        let factors = LadderNetwork.DivergenceBalancing.nvae.factors(
          divergences: evidence.divergences.map { $0 * Double(image.values.count) / 2 },
          latents: noise.map { $0.values.count / 2 }, weight: 0.7)
        for (ours, theirs) in zip(factors, fixture.balanced.factors) {
          #expect(abs(ours - theirs) < 1e-5 * theirs)
        }
      }
    }
  }
}
