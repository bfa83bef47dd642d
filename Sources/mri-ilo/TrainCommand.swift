import ArgumentParser
import Arrays
import Experiments
import Foundation
import Generators
import Reporting
import Training

/// `mri-ilo train`: trains the generator and its encoder on MR images.
struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Train the generator on MR images.",
    discussion: """
      Takes HDF5 stacks of images, fully sampled scans in fastMRI's layout (the magnitude of the \
      combined coils), NIfTI volumes, grey PNG files, manifests of data sets, and folders of any of \
      them. Images are scaled and brought to one square. Stated splits hold, and nothing but 'train' \
      and 'val' is read; subjects without one are split by a number that belongs to their name.

      Beside the weights lie a checkpoint, a log (.log.csv) and a page with curves and pictures \
      (.html). Ctrl-C saves and stops; --resume goes on and gives the same weights as a run that was \
      never interrupted.

        mri-ilo train slices.h5 -o weights.safetensors --steps 20000
        mri-ilo train slices.h5 -o weights.safetensors --resume
        mri-ilo train scans/ volumes/ -o weights.safetensors --recipe recipe.yaml
        mri-ilo train --print-recipe > recipe.yaml
      """)

  @Argument(
    help: ArgumentHelp(
      "Stacks, scans, NIfTI or PNG files, manifests, or folders of them.", valueName: "path"))
  var paths: [String] = []

  @Option(name: .shortAndLong, help: "Weights file to write.")
  var output: String?

  @Option(help: "YAML recipe; what it leaves out has its default.")
  var recipe: String?

  @Option(help: "Weights file to start from instead of random numbers.")
  var start: String?

  @Option(help: "Steps in all, instead of the recipe's.")
  var steps: Int?

  @Option(help: "Steps between validations, instead of the recipe's.")
  var every: Int?

  @Option(help: "Seed of weights, batches, augmentation and noise, instead of the recipe's.")
  var seed: UInt64?

  @Option(
    help: ArgumentHelp(
      "Share of the subjects to hold out where the data state no split, instead of the recipe's.",
      valueName: "share"))
  var validationShare: Double?

  @Flag(help: "Continue from OUTPUT.checkpoint, by the recipe that it holds.")
  var resume = false

  @Flag(help: "Print the effective recipe, defaults included; train nothing.")
  var printRecipe = false

  @Option(help: "Licence and attribution of the images, kept in the weights' metadata.")
  var licence = "not stated"

  @OptionGroup var threads: ThreadOptions

  func validate() throws {
    if printRecipe { return }
    if paths.isEmpty { throw ValidationError("no images: name files or folders to train on") }
    if output == nil { throw ValidationError("-o is missing: name the weights file to write") }
    let numbers = [steps != nil, every != nil, seed != nil, validationShare != nil]
    if resume && (recipe != nil || start != nil || numbers.contains(true)) {
      throw ValidationError(
        "--resume goes on by the checkpoint's recipe; leave out --recipe, --start, --steps, --every, "
          + "--seed and --validation-share")
    }
  }

  func run() throws {
    if printRecipe {
      print(try readRecipe().text, terminator: "")
      return
    }
    guard let output else { return }
    threads.apply()
    let description = TrainingRun.Description(
      output: output, sources: paths.map { URL(fileURLWithPath: $0).lastPathComponent },
      licence: licence)
    let trainer =
      resume
      ? try Trainer(checkpoint: description.checkpoint)
      : try Trainer(
        recipe: try readRecipe(), start: try start.map { try WeightsFile(contentsOf: $0) })
    let set = try readImages(trainer.recipe)
    let interrupt = InterruptSignal()
    var run = try TrainingRun(
      set: set, trainer: trainer, description: description, isResumed: resume)
    print(
      "\(set.training.count) images of \(set.trainingSubjects.count) subjects to train on, "
        + "\(set.validation.count) of \(set.validationSubjects.count) held out, "
        + "\(set.side) × \(set.side) pixels; \(trainer.averaged.parameters.count) parameters; steps "
        + "\(trainer.step) to \(trainer.recipe.steps)")
    fflush(nil)
    for remark in run.remarks { complain(remark) }
    try train(&run, interrupt: interrupt)
  }

  private func train(_ run: inout TrainingRun, interrupt: InterruptSignal) throws {
    if run.isDone {
      try run.save()
      try writePage(run)
      print("All steps were done already; wrote \(run.description.output) from the checkpoint")
    }
    let log = TrainingLog(first: run.trainer.step, last: run.recipe.steps)
    defer { log.end() }
    while !run.isDone && !interrupt.received {
      log.show(run.advance())
      guard run.isValidationDue else { continue }
      if run.isILODue {
        log.show("step \(run.trainer.step): reconstructing held-out slices by ILO")
      }
      let remarks = run.remarks.count
      try run.validate { if interrupt.received { throw CancellationError() } }
      try writePage(run)
      log.printRow(run.history)
      for remark in run.remarks[remarks...] { complain(remark) }
    }
    log.end()
    if run.isDone { return }
    try run.save()
    try writePage(run)
    print(
      "Stopped at step \(run.trainer.step); --resume goes on from \(run.description.checkpoint)")
    throw ExitCode(130)
  }

  private func writePage(_ run: TrainingRun) throws {
    let name = URL(fileURLWithPath: run.description.output).lastPathComponent
    try TrainingReport(try run.snapshot(), title: name).write(to: run.description.page)
  }

  /// Reads the images and names what cannot be used.
  private func readImages(_ recipe: TrainingRecipe) throws -> TrainingSet {
    let line = StatusLine()
    defer { line.end() }
    let set = try TrainingSet(paths: paths, recipe: recipe) { line.show("reading \($0)") }
    line.end()
    let most = 20
    for sentence in set.skipped.prefix(most) { complain("left out: \(sentence)") }
    if set.skipped.count > most {
      complain("left out: \(set.skipped.count - most) more, which the page names")
    }
    return set
  }

  private func complain(_ sentence: String) {
    FileHandle.standardError.write(Data((sentence + "\n").utf8))
  }

  private func readRecipe() throws -> TrainingRecipe {
    var recipe = try recipe.map { try TrainingRecipe(file: $0) } ?? TrainingRecipe()
    if let steps { recipe.steps = steps }
    if let every { recipe.validation.every = every }
    if let seed { recipe.seed = seed }
    if let validationShare { recipe.validation.share = validationShare }
    if let fault = recipe.fault { throw ValidationError(fault) }
    return recipe
  }
}
