public import Generators
import Numerics

/// Everything that determines a training run besides its images.
public struct TrainingRecipe: Sendable, Codable, Equatable {
  public var architecture = LadderArchitecture.standard
  public var steps = 20_000
  public var batch = 4
  /// Side of the square views, a multiple of the coarsest factor.
  public var crop = 160
  /// Side of the square that every image is cut or filled up to; 0 for the multiple of the coarsest
  /// factor that most images fill.
  public var size = 0
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
  /// The judgement of a discriminator in the loss; off if nil.
  public var adversarial: AdversarialSettings?
  public var augmentation = Augmentation()
  public var undersampling = Undersampling()
  public var validation = ValidationSettings()

  public init() {}

  /// The largest seed that recipe files hold: a whole number that `Double` keeps.
  static let largestSeed: UInt64 = 1 << 53 - 1

  /// A sentence if the recipe cannot be run, else nil.
  public var fault: String? {
    if let fault = architecture.fault { return fault }
    if architecture.isDenoiser {
      return "a denoiser (an encoder of 3 channels) is trained by protocols/training/pytorch alone"
    }
    let factor = architecture.coarsestFactor
    if steps < 1 || batch < 1 { return "steps and batch must be at least 1" }
    if crop < factor || crop % factor != 0 { return "the crop must be a multiple of \(factor)" }
    if size < 0 || size % factor != 0 { return "size must be a multiple of \(factor), or 0" }
    if size > 0 && size < crop { return "the crop must not exceed the size" }
    if seed > Self.largestSeed { return "the seed must be below 2⁵³" }
    return scheduleFault ?? adversarial?.fault(crop: crop) ?? augmentation.fault
      ?? undersampling.fault ?? validation.fault
  }

  private var scheduleFault: String? {
    if !(learningRate > 0 && learningRate <= 1) { return "learning_rate must lie in (0, 1]" }
    if warmUp < 0 || divergenceWarmUp < 0 {
      return "warm_up and divergence_warm_up must be at least 0"
    }
    if !(decay >= 0 && decay <= 1) { return "decay must lie between 0 and 1" }
    if !(clip > 0 && clip.isFinite) { return "clip must be above 0" }
    if !(averageDecay >= 0 && averageDecay < 1) {
      return "average_decay must be at least 0 and below 1"
    }
    if !(loss.imageScale > 0 && loss.imageScale.isFinite) {
      return "loss.image_scale must be above 0"
    }
    return loss.freeNats.allSatisfy { $0 >= 0 && $0.isFinite }
      ? nil : "loss.free_nats must be numbers of at least 0"
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

  private enum CodingKeys: String, CodingKey {
    case architecture, steps, batch, crop, size, learningRate, warmUp, decay, divergenceWarmUp
    case clip, averageDecay, seed, loss, adversarial, augmentation, undersampling, validation
  }

  /// Keys that a file lacks have their default, so that older checkpoints can be read.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    func take<Value: Decodable>(_ key: CodingKeys, _ value: inout Value) throws {
      if let found = try values.decodeIfPresent(Value.self, forKey: key) { value = found }
    }
    self.init()
    try take(.architecture, &architecture)
    try take(.steps, &steps)
    try take(.batch, &batch)
    try take(.crop, &crop)
    try take(.size, &size)
    try take(.learningRate, &learningRate)
    try take(.warmUp, &warmUp)
    try take(.decay, &decay)
    try take(.divergenceWarmUp, &divergenceWarmUp)
    try take(.clip, &clip)
    try take(.averageDecay, &averageDecay)
    try take(.seed, &seed)
    try take(.loss, &loss)
    adversarial = try values.decodeIfPresent(AdversarialSettings.self, forKey: .adversarial)
    try take(.augmentation, &augmentation)
    try take(.undersampling, &undersampling)
    try take(.validation, &validation)
  }
}

/// What is off stands in no record, so that a run without it leaves the same bytes as before there was
/// such a thing; files for readers show every key.
extension TrainingRecipe {
  /// The recipe with the values that mean off in their place.
  package var spelledOut: TrainingRecipe {
    var recipe = self
    recipe.loss.outputScale = loss.outputScale ?? .fixed
    recipe.loss.balancing = loss.balancing ?? .equal
    recipe.adversarial = adversarial ?? AdversarialSettings()
    recipe.augmentation.resolution = augmentation.resolution ?? Augmentation.fullResolution
    return recipe
  }

  /// The recipe without the keys whose values mean off.
  package var withoutWhatIsOff: TrainingRecipe {
    var recipe = self
    if loss.outputScale == .fixed { recipe.loss.outputScale = nil }
    if loss.balancing == .equal { recipe.loss.balancing = nil }
    if adversarial?.weight == 0 { recipe.adversarial = nil }
    if augmentation.resolution == Augmentation.fullResolution {
      recipe.augmentation.resolution = nil
    }
    return recipe
  }
}
