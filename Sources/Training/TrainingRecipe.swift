public import Generators
import Numerics

/// Everything that determines a training run besides its images.
public struct TrainingRecipe: Sendable, Codable, Equatable {
  public var architecture = LadderArchitecture.standard
  public var steps = 20_000
  public var batch = 4
  /// Side of the square views, a multiple of the coarsest factor.
  public var crop = 160
  public var learningRate: Float = 6e-4
  /// Steps over which the rate rises from zero.
  public var warmUp = 200
  /// The share of the steps over which the rate falls to a hundredth at the end.
  public var decay: Float = 0.35
  /// Steps over which the divergences' weight rises from a twentieth to 1.
  public var divergenceWarmUp = 1000
  /// Gradients longer than this are shortened to it; a step that is not finite is skipped.
  public var clip: Float = 5
  /// Decay of the moving average of the parameters that is validated and saved.
  public var averageDecay: Float = 0.999
  public var seed: UInt64 = 1
  public var loss = LadderNetwork.LossSettings(freeNats: [0.1, 0.1, 0.05])
  public var augmentation = Augmentation()
  public var undersampling = Undersampling()

  public init() {}

  /// A sentence if the recipe cannot be run, else nil.
  public var fault: String? {
    if let fault = architecture.fault { return fault }
    if steps < 1 || batch < 1 { return "steps and batch must be at least 1" }
    if crop < architecture.coarsestFactor || crop % architecture.coarsestFactor != 0 {
      return "the crop must be a multiple of \(architecture.coarsestFactor)"
    }
    return undersampling.fault
  }

  /// The learning rate of a step: linear rise, constant, cosine fall.
  func rate(step: Int) -> Float {
    let rise = min(1, Float(step + 1) / Float(max(1, warmUp)))
    let fallStart = Float(steps) * (1 - decay)
    let t = min(1, max(0, (Float(step) - fallStart) / max(1, Float(steps) - fallStart)))
    let fall = 0.01 + 0.99 * (0.5 + 0.5 * Float.cos(.pi * t))
    return learningRate * rise * fall
  }

  func divergenceWeight(step: Int) -> Float {
    min(1, 0.05 + Float(step) / Float(max(1, divergenceWarmUp)))
  }
}
