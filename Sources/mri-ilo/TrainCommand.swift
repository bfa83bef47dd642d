import ArgumentParser
import Arrays
import Experiments
import Foundation
import Generators
import Training

/// `mri-ilo train`: trains the generator and its encoder on a stack of images.
struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Train the generator on an HDF5 stack of MR images.",
    discussion: """
      The stack holds 'images' (count, rows, columns), 8 bits, and optionally 'split' with the
      values train and val. Ctrl-C saves a checkpoint and stops; --resume continues from it and
      gives the same weights as a run that was never interrupted.

        mri-ilo train slices.h5 -o weights.safetensors --steps 20000
        mri-ilo train slices.h5 -o weights.safetensors --resume
      """)

  @Argument(help: "HDF5 image stack.")
  var images: String

  @Option(name: .shortAndLong, help: "Weights file to write.")
  var output: String

  @Option(help: "YAML recipe; what it leaves out has its default.")
  var recipe: String?

  @Option(help: "Weights file to start from instead of random numbers.")
  var start: String?

  @Option(help: "Steps in all, instead of the recipe's.")
  var steps: Int?

  @Option(help: "Seed of weights, batches, augmentation and noise, instead of the recipe's.")
  var seed: UInt64?

  @Option(help: "Steps between validations, checkpoints and lines of the log.")
  var every = 250

  @Option(help: "Validation images, spread over the 'val' split.")
  var validationImages = 12

  @Flag(help: "Continue from OUTPUT.checkpoint.")
  var resume = false

  @Option(help: "Licence and attribution of the images, kept in the weights' metadata.")
  var licence = "not stated"

  @OptionGroup var threads: ThreadOptions

  func run() throws {
    threads.apply()
    let stack = try ImageStackFile(contentsOf: images)
    let training = stack.indices(split: "train")
    let checkpoint = output + ".checkpoint"
    var trainer: Trainer
    if resume {
      trainer = try Trainer(checkpoint: checkpoint)
    } else {
      trainer = try Trainer(
        recipe: try readRecipe(), start: try start.map { try WeightsFile(contentsOf: $0) })
    }
    guard training.count >= 4 * trainer.recipe.batch else {
      throw ExperimentError(
        "\(images): the split 'train' has \(training.count) images, fewer than four batches of "
          + "\(trainer.recipe.batch); give more images")
    }
    let held = stack.indices(split: "val")
    let stride = max(1, held.count / max(1, validationImages))
    let validation = held.indices.filter { $0 % stride == 0 }.prefix(validationImages).map {
      held[$0]
    }
    let log = TrainingLog(path: output + ".log.csv", appending: resume)
    try log.begin(levels: trainer.recipe.architecture.levels)
    let interrupt = InterruptSignal()
    let started = Date()
    let firstStep = trainer.step
    print(
      "\(training.count) images to train on, \(validation.count) of \(held.count) to validate on; "
        + "\(trainer.averaged.parameters.count) parameters; steps \(firstStep) to "
        + "\(trainer.recipe.steps)")
    var mean = TrainingLog.Mean()
    while trainer.step < trainer.recipe.steps && !interrupt.received {
      let report = trainer.advance(on: stack.images, choice: training)
      mean.add(report)
      let done = trainer.step == trainer.recipe.steps
      if trainer.step % every == 0 || done {
        let evidence = trainer.validate(on: stack.images, choice: validation)
        let elapsed = Date().timeIntervalSince(started)
        let left =
          elapsed / Double(trainer.step - firstStep)
          * Double(trainer.recipe.steps - trainer.step)
        try log.line(report: report, mean: mean, validation: evidence, seconds: elapsed, left: left)
        mean = TrainingLog.Mean()
        try trainer.writeCheckpoint(to: checkpoint)
        try write(trainer, stack: stack, training: training, held: validation)
      }
    }
    try trainer.writeCheckpoint(to: checkpoint)
    try write(trainer, stack: stack, training: training, held: held)
    if interrupt.received {
      print("Stopped at step \(trainer.step); --resume continues from \(checkpoint)")
    }
  }

  /// Writes the averaged weights, their radii calibrated on the `held` images.
  private func write(
    _ trainer: Trainer, stack: ImageStackFile, training: [Int], held: [Int]
  ) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let named = stack.source.isEmpty ? [] : training.map { stack.source[$0] }
    let sources = Dictionary(grouping: named, by: { $0 }).mapValues(\.count)
    let listed = sources.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
    let network = trainer.averaged
    var file = WeightsFile(
      architecture: network.architecture, parameters: network.parameters,
      notes: [
        "recipe": String(decoding: try encoder.encode(trainer.recipe), as: UTF8.self),
        "step": String(trainer.step), "seed": String(trainer.recipe.seed),
        "training_data":
          "\(training.count) images of \(URL(fileURLWithPath: images).lastPathComponent)"
          + (listed.isEmpty ? "" : " (sources: \(listed.joined(separator: ", ")))"),
        "licence": licence,
      ])
    file.deviationRadii = trainer.deviationRadii(on: stack.images, choice: held)
    try file.write(to: output)
  }

  private func readRecipe() throws -> TrainingRecipe {
    var recipe = try recipe.map { try TrainingRecipe(file: $0) } ?? TrainingRecipe()
    if let steps { recipe.steps = steps }
    if let seed { recipe.seed = seed }
    if let fault = recipe.fault { throw ValidationError(fault) }
    return recipe
  }
}
