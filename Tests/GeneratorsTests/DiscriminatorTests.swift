import Arrays
import Generators
import Layers
import TestSupport
import Testing

/// The discriminator and its losses against PyTorch (`Tests/PeerChecks/objective_fixtures.py`) and finite
/// differences.
@Suite struct DiscriminatorTests {
  struct Fixture: Decodable {
    struct Discriminator: Decodable {
      struct Sums: Decodable {
        let norms: [String: Double]
        let sums: [String: Double]
      }
      let scores: [Float]
      let hinge: Double
      let penalty: Double
      let generator: Double
      let gradients: Sums
      let image: [Float]
    }
    let discriminator: Discriminator
  }

  static let names = ["down0", "down1", "down2", "score"].flatMap {
    ["\($0).weight", "\($0).bias"]
  }
  static let counts = [5 * 2 * 16, 5, 10 * 5 * 16, 10, 20 * 10 * 16, 20, 20 * 9, 1]

  let network = PatchDiscriminator(
    channels: 2, width: 5,
    parameters: counts.enumerated().flatMap { seed, count in
      wave(count, seed: seed).map { 0.6 * $0 }
    })

  func image(_ factor: Float, seed: Int) -> Features {
    TestSupport.features(
      channelsFirst: wave(2 * 2 * 16 * 24, seed: seed).map { factor * $0 }, channels: 2, rows: 16,
      columns: 24)
  }

  /// The hinge losses and the penalty of a network, and their gradient if asked for.
  func loss(
    _ network: PatchDiscriminator, real: Features, drawn: Features,
    gradient: ParameterGradient? = nil
  ) -> (hinge: Double, penalty: Double) {
    var moved = real
    for (index, value) in image(0.1, seed: 82).values.enumerated() { moved.values[index] += value }
    let passes = [real, moved, drawn].map { network.forward($0) }
    let given = AdversarialLoss.hinge(passes[0].scores, areReal: true)
    let made = AdversarialLoss.hinge(passes[2].scores, areReal: false)
    let penalty = AdversarialLoss.penalty(
      passes[0].scores, moved: passes[1].scores, step: 0.1, weight: 0.7)
    if let gradient {
      var toScores = given.gradient
      toScores.add(penalty.toScores)
      for (part, pass) in zip([toScores, penalty.toMoved, made.gradient], passes) {
        network.backward(part, pass: pass, parameterGradient: gradient)
      }
    }
    return (given.loss + made.loss, penalty.loss)
  }

  @Test func pyTorchComputesTheSame() throws {
    let expected = try pyTorchFixture(Fixture.self, "objectives.json").discriminator
    let (real, drawn) = (image(3, seed: 80), image(2, seed: 81))
    let pass = network.forward(real)
    #expect(pass.scores.shape == [2, 2, 3, 1])
    let scale = expected.scores.map(abs).max() ?? 0
    #expect(largestDifference(pass.scores.values, expected.scores) < 1e-5 * scale)
    let gradient = ParameterGradient(count: network.parameters.count)
    let found = loss(network, real: real, drawn: drawn, gradient: gradient)
    #expect(abs(found.hinge - expected.hinge) < 1e-5 * expected.hinge)
    #expect(abs(found.penalty - expected.penalty) < 1e-4 * expected.penalty)
    var start = 0
    for (name, count) in zip(Self.names, Self.counts) {
      let part = gradient.values[start..<start + count].map(Double.init)
      start += count
      let norm = part.reduce(0) { $0 + $1 * $1 }.squareRoot()
      let theirs = try #require(expected.gradients.norms[name])
      let sum = try #require(expected.gradients.sums[name])
      #expect(abs(norm - theirs) < 1e-4 * theirs + 1e-7, "\(name): \(norm), not \(theirs)")
      #expect(abs(part.reduce(0, +) - sum) < 1e-3 * theirs + 1e-7, "\(name)")
    }
    let onDrawn = network.forward(drawn)
    let judged = AdversarialLoss.generator(onDrawn.scores)
    #expect(abs(judged.loss - expected.generator) < 1e-5 * abs(expected.generator))
    let toImage = network.backward(judged.gradient, pass: onDrawn)
    let theirs = TestSupport.features(
      channelsFirst: expected.image, channels: 2, rows: 16, columns: 24)
    let largest = theirs.values.map(abs).max() ?? 0
    #expect(largestDifference(toImage.values, theirs.values) < 1e-5 * largest)
  }

  /// Along its gradient the loss rises by the gradient's norm: with respect to the weights, and of the
  /// generator's loss with respect to the image.
  @Test func gradientsAreThoseOfFiniteDifferences() {
    // Scores that stay within the hinges' slopes.
    let network = PatchDiscriminator(
      channels: 2, width: 5, parameters: network.parameters.map { 0.3 * $0 })
    let (real, drawn) = (image(1, seed: 80), image(1, seed: 81))
    let gradient = ParameterGradient(count: network.parameters.count)
    _ = loss(network, real: real, drawn: drawn, gradient: gradient)
    let norm = gradient.norm
    func shifted(_ h: Double) -> Double {
      let moved = zip(network.parameters, gradient.values).map { $0 + Float(h / norm) * $1 }
      let found = loss(
        PatchDiscriminator(channels: 2, width: 5, parameters: moved), real: real, drawn: drawn)
      return found.hinge + found.penalty
    }
    let h = 5e-3
    let numeric = (shifted(h) - shifted(-h)) / (2 * h)
    #expect(norm > 1e-2 && abs(numeric - norm) < 0.02 * norm, "\(numeric), not \(norm)")

    let pass = network.forward(drawn)
    let toImage = network.backward(AdversarialLoss.generator(pass.scores).gradient, pass: pass)
    let size = sumOfSquares(toImage.values).squareRoot()
    func judged(_ h: Float) -> Double {
      var moved = drawn
      for (index, value) in toImage.values.enumerated() {
        moved.values[index] += h / Float(size) * value
      }
      return AdversarialLoss.generator(network.forward(moved).scores).loss
    }
    let slope = (judged(0.02) - judged(-0.02)) / 0.04
    #expect(size > 1e-4 && abs(slope - size) < 0.02 * size, "\(slope), not \(size)")
  }

  /// The mean penalty over random directions is half the squared gradient, summed over the pixels.
  @Test func thePenaltyIsThatOfTheGradient() {
    let network = PatchDiscriminator(
      channels: 1, width: 2,
      parameters: wave(PatchDiscriminator.parameterCount(channels: 1, width: 2), seed: 3))
    // One score.
    let image = Features(rows: 8, columns: 8, channels: 1, values: wave(64, seed: 4))
    let pass = network.forward(image)
    let gradient = network.backward(
      Features(rows: 1, columns: 1, channels: 1, repeating: 1), pass: pass)
    let expected = 0.5 * sumOfSquares(gradient.values)
    var random = RandomStream(seed: 1)
    let count = 4000
    let mean = (0..<count).reduce(0.0) { sum, _ in
      var moved = image
      for index in 0..<64 { moved.values[index] += 1e-3 * random.normal() }
      return sum
        + AdversarialLoss.penalty(
          pass.scores, moved: network.forward(moved).scores, step: 1e-3, weight: 1
        ).loss / Double(count)
    }
    // A χ² of one degree: the mean of 4000 has a relative deviation of √(2 / 4000) = 0.022.
    #expect(abs(mean / expected - 1) < 0.1, "\(mean), not \(expected)")
  }

  @Test func whatIsNoNumberPassesOn() {
    let scores = Features(rows: 1, columns: 2, channels: 1, values: [Float.nan, 3])
    for areReal in [true, false] {
      #expect(AdversarialLoss.hinge(scores, areReal: areReal).loss.isNaN)
    }
    #expect(AdversarialLoss.generator(scores).loss.isNaN)
    #expect(AdversarialLoss.penalty(scores, moved: scores, step: 1, weight: 1).loss.isNaN)
  }
}
