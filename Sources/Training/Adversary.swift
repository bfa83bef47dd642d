import Arrays
import Generators
import Layers

/// A discriminator in training beside the ladder network.
///
/// Its random numbers come from the run's seed and the step alone.
struct Adversary: Sendable {
  let settings: AdversarialSettings
  private let channels: Int
  private let seed: UInt64
  private(set) var parameters: [Float]
  private(set) var moments: AdamMoments

  /// A discriminator of random weights for images of `channels` channels.
  init(_ settings: AdversarialSettings, channels: Int, seed: UInt64) {
    (self.settings, self.channels) = (settings, channels)
    self.seed = seed ^ 0x6372_6974_6963
    var random = RandomStream(seed: self.seed)
    parameters = PatchDiscriminator.initialParameters(
      channels: channels, width: settings.width, random: &random)
    moments = AdamMoments(count: parameters.count)
  }

  /// The discriminator as it stands; nil before it starts.
  func discriminator(step: Int) -> PatchDiscriminator? {
    guard step >= settings.start else { return nil }
    return PatchDiscriminator(channels: channels, width: settings.width, parameters: parameters)
  }

  /// The gradient of the generator's loss with respect to the images drawn, which `pass` scored.
  func judgement(_ discriminator: PatchDiscriminator, _ pass: PatchDiscriminator.Pass) -> Features {
    var gradient = AdversarialLoss.generator(pass.scores).gradient
    for index in gradient.values.indices { gradient.values[index] *= settings.weight }
    return discriminator.backward(gradient, pass: pass)
  }

  /// One step of Adam on the images given and those drawn; `clip` shortens the gradient.
  ///
  /// A gradient that is not finite changes nothing.
  mutating func learn(
    _ discriminator: PatchDiscriminator, real: Features, drawn: PatchDiscriminator.Pass, step: Int,
    clip: Float
  ) -> AdversarialReport {
    let gradient = ParameterGradient(count: parameters.count)
    let onDrawn = AdversarialLoss.hinge(drawn.scores, areReal: false)
    discriminator.backward(onDrawn.gradient, pass: drawn, parameterGradient: gradient)
    let given = discriminator.forward(real)
    let onReal = AdversarialLoss.hinge(given.scores, areReal: true)
    var toScores = onReal.gradient
    var report = AdversarialReport(
      loss: onReal.loss + onDrawn.loss, penalty: 0, realScore: Self.mean(given.scores),
      drawnScore: Self.mean(drawn.scores))
    if settings.penalty > 0 {
      let moved = discriminator.forward(self.moved(real, step: step))
      let penalty = AdversarialLoss.penalty(
        given.scores, moved: moved.scores, step: settings.penaltyStep, weight: settings.penalty)
      toScores.add(penalty.toScores)
      discriminator.backward(penalty.toMoved, pass: moved, parameterGradient: gradient)
      report.penalty = penalty.loss
    }
    discriminator.backward(toScores, pass: given, parameterGradient: gradient)
    let norm = gradient.norm
    guard norm.isFinite else { return report }
    var adam = AdamMoments.Step(
      rate: settings.learningRate, gradientFactor: Float(min(1, Double(clip) / max(norm, 1e-12))))
    (adam.beta1, adam.beta2) = (0.5, 0.9)
    moments.update(&parameters, gradient: gradient.values, step: adam)
    return report
  }

  /// x + h u of the penalty, u of standard normal values.
  private func moved(_ images: Features, step: Int) -> Features {
    let root = RandomStream(seed: seed).split(stream: UInt64(step))
    let count = images.values.count / images.batch
    var moved = images
    moved.values.withUnsafeMutableBufferPointer { values in
      nonisolated(unsafe) let values = values
      parallelFor(images.batch) { image in
        var stream = root.split(stream: UInt64(image))
        for index in image * count..<(image + 1) * count {
          values[index] += settings.penaltyStep * stream.normal()
        }
      }
    }
    return moved
  }

  private static func mean(_ scores: Features) -> Double {
    scores.values.reduce(0.0) { $0 + Double($1) } / Double(scores.values.count)
  }
}

/// What a checkpoint keeps of it.
extension Adversary {
  private static let prefix = "discriminator."

  /// The vectors by name.
  var vectors: [String: [Float]] {
    [
      Self.prefix + "parameters": parameters, Self.prefix + "mean": moments.mean,
      Self.prefix + "square": moments.square,
    ]
  }

  /// Takes over what a checkpoint kept; `vector` gives the vector of a name and a length.
  mutating func restore(
    adamStep: Int, _ vector: (String, Int) throws -> [Float]
  ) rethrows {
    parameters = try vector(Self.prefix + "parameters", parameters.count)
    moments.mean = try vector(Self.prefix + "mean", parameters.count)
    moments.square = try vector(Self.prefix + "square", parameters.count)
    moments.step = adamStep
  }
}
