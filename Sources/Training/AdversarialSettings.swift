import Generators

/// How a discriminator judges what the decoder draws, and how it learns.
///
/// A decoder that is trained by its likelihood alone draws the mean of what may be, which is blurred; a
/// discriminator that tells drawn from given images asks for their texture (Larsen et al. 2016; Esser et
/// al. 2021, which start it after some steps, too). See `AdversarialLoss`.
public struct AdversarialSettings: Sendable, Codable, Equatable {
  /// The weight of the generator's hinge loss beside the loss per value of the image; 0 is off.
  public var weight: Float = 0
  /// Features of the discriminator's first convolution.
  public var width = 32
  /// The step from which on it learns and judges.
  public var start = 1000
  /// The rate of its Adam, with β₁ = 0.5 and β₂ = 0.9 (Esser and others 2021).
  public var learningRate: Float = 2e-4
  /// The weight γ of its gradient penalty.
  public var penalty: Float = 0.1
  /// The step h of the penalty's finite differences, in units of the image.
  public var penaltyStep: Float = 0.01

  public init() {}

  /// A sentence if the settings make no sense, else nil.
  func fault(crop: Int) -> String? {
    if !(weight >= 0 && weight.isFinite && penalty >= 0 && penalty.isFinite) {
      return "adversarial.weight and penalty must be numbers of at least 0"
    }
    if !(1...1024).contains(width) { return "adversarial.width must lie between 1 and 1024" }
    if start < 0 { return "adversarial.start must be at least 0" }
    if !(learningRate > 0 && learningRate <= 1) {
      return "adversarial.learning_rate must lie in (0, 1]"
    }
    if !(penaltyStep > 0 && penaltyStep <= 1) {
      return "adversarial.penalty_step must lie in (0, 1]"
    }
    let factor = PatchDiscriminator.factor
    return weight == 0 || crop % factor == 0
      ? nil : "the crop must be a multiple of \(factor) for the adversarial term"
  }
}

/// What a step of the discriminator saw.
public struct AdversarialReport: Sendable {
  /// Its hinge loss.
  public var loss: Double
  /// Its gradient penalty.
  public var penalty: Double
  /// The mean score of the images given.
  public var realScore: Double
  /// The mean score of the images drawn.
  public var drawnScore: Double
}
