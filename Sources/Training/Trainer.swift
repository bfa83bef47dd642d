import Arrays
import Foundation
public import Generators
import Layers

/// Trains a ladder network by its evidence lower bound, one step at a time.
///
/// Every random number of step s comes from the recipe's seed and s alone, so a run resumed from a
/// checkpoint gives the same bytes as one that was never interrupted.
public struct Trainer: Sendable {
  public let recipe: TrainingRecipe
  /// Steps done.
  public private(set) var step: Int
  /// What tells the images apart that the run is on, such as a checksum; kept in checkpoints.
  public var images = ""
  private var parameters: [Float]
  private var average: [Float]
  private var moments: AdamMoments
  private var adversary: Adversary?
  private let slots: LadderSlots

  /// A new run, from random parameters or from those of a trained network.
  ///
  /// Throws `WeightsError` if the network is of another architecture; channels of the image that it
  /// lacks are added with weights of 0.
  public init(recipe: TrainingRecipe, start: WeightsFile? = nil) throws {
    self.recipe = recipe
    slots = LadderSlots(recipe.architecture)
    step = 0
    if let start {
      parameters = try start.parameters(extendedTo: recipe.architecture)
    } else {
      parameters = slots.initialParameters(seed: recipe.seed)
    }
    average = parameters
    moments = AdamMoments(count: parameters.count)
    adversary = Self.adversary(recipe)
  }

  private static func adversary(_ recipe: TrainingRecipe) -> Adversary? {
    guard let settings = recipe.adversarial, settings.weight > 0 else { return nil }
    return Adversary(
      settings, channels: recipe.architecture.imageChannels, seed: recipe.seed)
  }

  /// What one step did.
  public struct StepReport: Sendable {
    public let step: Int
    public let evidence: LadderNetwork.Evidence
    public let gradientNorm: Double
    public let skipped: Bool
    public let learningRate: Float
    /// What the discriminator saw, once there is one.
    public let adversarial: AdversarialReport?
  }

  /// One step on a random batch of `images` (the indices in `choice`).
  public mutating func advance(on images: some TrainingImages, choice: [Int]) -> StepReport {
    let batch = TrainingBatch(recipe: recipe, step: step, choice: choice)
    let network = LadderNetwork(
      slots: slots, architecture: recipe.architecture, parameters: parameters,
      besides: batch.pieces
    ) { batch.fill($0, from: images) }
    let gradient = ParameterGradient(count: parameters.count)
    let images = batch.images
    let discriminator = adversary?.discriminator(step: step)
    var drawn: PatchDiscriminator.Pass?
    var judgement: ((Features) -> Features)?
    if let adversary, let discriminator {
      judgement = { image in
        let pass = discriminator.forward(image)
        drawn = pass
        return adversary.judgement(discriminator, pass)
      }
    }
    let evidence = network.evidence(
      images, from: batch.inputs, noise: batch.noise, settings: recipe.loss,
      divergenceWeight: recipe.divergenceWeight(step: step), gradient: gradient,
      judgement: judgement)
    var adversarial: AdversarialReport?
    if let discriminator, let drawn {
      adversarial = adversary?.learn(
        discriminator, real: images, drawn: drawn, step: step, clip: recipe.clip)
    }
    let norm = gradient.norm
    let rate = recipe.rate(step: step)
    let skipped = !norm.isFinite
    if !skipped {
      let keep = min(recipe.averageDecay, Float(step + 1) / Float(step + 10))
      moments.update(
        &parameters, average: &average, gradient: gradient.values,
        step: .init(
          rate: rate, gradientFactor: Float(min(1, Double(recipe.clip) / max(norm, 1e-12))),
          averageShare: 1 - keep))
    }
    step += 1
    return StepReport(
      step: step, evidence: evidence, gradientNorm: norm, skipped: skipped, learningRate: rate,
      adversarial: adversarial)
  }

  /// The averaged parameters as a network.
  public var averaged: LadderNetwork {
    LadderNetwork(slots: slots, architecture: recipe.architecture, parameters: average)
  }

  /// The evidence of the averaged network on whole images, a few at a time, with seeded noise.
  public func validate(on images: some TrainingImages, choice: [Int]) -> LadderNetwork.Evidence {
    let network = averaged
    let factor = recipe.architecture.coarsestFactor
    var total = LadderNetwork.Evidence(
      absoluteError: 0, squaredError: 0,
      divergences: Array(repeating: 0, count: recipe.architecture.levels))
    for index in choice {
      let image = images.cropped(
        index, toMultiplesOf: factor, channels: recipe.architecture.imageChannels)
      let input = images.cropped(
        index, toMultiplesOf: factor, channels: recipe.architecture.encoderChannels)
      var stream = RandomStream(seed: 0x7661_6c69).split(stream: UInt64(index))
      let noise = network.latentNoise(batch: 1, rows: image.rows, columns: image.columns) {
        stream.normal()
      }
      let one = network.evidence(
        image, from: input, noise: noise, settings: recipe.loss, divergenceWeight: 1)
      let share = 1 / Double(choice.count)
      total.absoluteError += share * one.absoluteError
      total.squaredError += share * one.squaredError
      for k in total.divergences.indices { total.divergences[k] += share * one.divergences[k] }
    }
    return total
  }

  /// The l1 radii of the averaged network's levels.
  public func deviationRadii(on images: some TrainingImages, choice: [Int]) -> [Double] {
    averaged.deviationRadii(on: images, choice: choice)
  }

  // MARK: - Checkpoints

  private static let checkpointFormat = "mri-ilo checkpoint 1"

  /// Writes everything that the rest of the run depends on.
  public func writeCheckpoint(to path: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    var vectors = [
      "parameters": parameters, "average": average, "mean": moments.mean,
      "square": moments.square,
    ]
    var metadata = [
      "format": Self.checkpointFormat, "step": String(step), "adam_step": String(moments.step),
      "images": images,
      "recipe": String(decoding: try encoder.encode(recipe), as: UTF8.self),
    ]
    if let adversary {
      vectors.merge(adversary.vectors) { own, _ in own }
      metadata["discriminator_adam_step"] = String(adversary.moments.step)
    }
    let file = TensorFile(
      tensors: vectors.mapValues { TensorFile.Tensor(shape: [$0.count], values: $0) },
      metadata: metadata)
    try file.write(to: path, names: vectors.keys.sorted(), precision: .single)
  }

  /// Continues a run; throws `WeightsError` if the file is no whole checkpoint.
  public init(checkpoint path: String) throws {
    let file = try TensorFile(contentsOf: path)
    func refused(_ problem: String) -> WeightsError {
      WeightsError(file: path, problem: problem, cure: "start the training anew")
    }
    guard file.metadata["format"] == Self.checkpointFormat else {
      throw refused("it is no checkpoint of this program")
    }
    guard
      let text = file.metadata["recipe"]?.data(using: .utf8),
      let recipe = try? JSONDecoder().decode(TrainingRecipe.self, from: text),
      let step = file.metadata["step"].flatMap({ Int($0) }),
      let adamStep = file.metadata["adam_step"].flatMap({ Int($0) })
    else { throw refused("its recipe or step cannot be read") }
    let slots = LadderSlots(recipe.architecture)
    func vector(_ name: String, _ count: Int) throws -> [Float] {
      guard
        let values = file.tensors[name]?.values, values.count == count,
        values.allSatisfy(\.isFinite)
      else { throw refused("its \(name) do not fit the architecture or are not finite") }
      return values
    }
    self.recipe = recipe
    self.slots = slots
    self.step = step
    images = file.metadata["images"] ?? ""
    let count = slots.layout.count
    parameters = try vector("parameters", count)
    average = try vector("average", count)
    moments = AdamMoments(count: count)
    moments.mean = try vector("mean", count)
    moments.square = try vector("square", count)
    moments.step = adamStep
    adversary = Self.adversary(recipe)
    if adversary != nil {
      guard let adamStep = file.metadata["discriminator_adam_step"].flatMap({ Int($0) }) else {
        throw refused("it holds no discriminator, which its recipe asks for")
      }
      try adversary?.restore(adamStep: adamStep, vector)
    }
  }
}
