import Evaluation
import Foundation
public import Generators
public import Training

/// A training run: its images, its trainer, and the files that it leaves beside its weights.
public struct TrainingRun {
  public let set: TrainingSet
  public private(set) var trainer: Trainer
  public private(set) var history: TrainingHistory
  /// Sentences on what went wrong without ending the run.
  public private(set) var remarks: [String] = []

  public let description: Description
  private let notes: [String: String]
  private let validation: [Int]
  private let ilo: ILOValidation?
  private let began = ContinuousClock.now
  private var secondsBefore = 0.0
  private var mean = Mean()

  /// Running means of the training batches since the last validation.
  private struct Mean {
    var steps = 0.0
    var absoluteError = 0.0
    var divergence = 0.0
    var loss = 0.0
    var outputScale = 0.0
    var skipped = 0.0
    var adversarial: AdversarialReport?
    var gradientNorm = 0.0
    var rate = 0.0
    var seconds = 0.0
  }

  /// What a run is told beside its recipe.
  public struct Description: Sendable {
    /// The weights file; the other files have its name with an ending more.
    public var output: String
    /// The names of the files and folders that the images come from.
    public var sources: [String]
    /// Licence and attribution of the images.
    public var licence: String

    public init(output: String, sources: [String], licence: String) {
      (self.output, self.sources, self.licence) = (output, sources, licence)
    }

    /// What `--resume` continues from.
    public var checkpoint: String { output + ".checkpoint" }
    /// The figures of every validation.
    public var log: String { output + ".log.csv" }
    /// The page for readers.
    public var page: String { output + ".html" }
  }

  /// Makes a run ready: a new one, or one that goes on where its checkpoint ended.
  ///
  /// Throws `ExperimentError` if a checkpoint is of other images, or if no image can be undersampled
  /// for the validation by ILO.
  public init(
    set: TrainingSet, trainer: Trainer, description: Description, isResumed: Bool
  ) throws {
    self.set = set
    self.trainer = trainer
    self.description = description
    let settings = trainer.recipe.validation
    history = TrainingHistory(trainer.recipe)
    if isResumed {
      guard trainer.images.isEmpty || trainer.images == set.digest else {
        throw ExperimentError(
          "\(description.checkpoint): the run began with other images to train on; give the same "
            + "ones, or start anew with --start \(description.output)")
      }
      try history.readLog(description.log, upTo: trainer.step)
      secondsBefore = history.last("seconds") ?? 0
    }
    self.trainer.images = set.digest
    validation = set.validation.spread(settings.images)
    ilo =
      settings.iloEvery > 0
      ? try ILOValidation(images: set.images, candidates: set.validation, settings: settings) : nil
    notes = try Self.notes(set, trainer.recipe, description)
    if !set.divided.isEmpty {
      remarks.append(
        "the data put \(set.divided.count) subjects into several splits: "
          + set.divided.prefix(5).joined(separator: ", ") + (set.divided.count > 5 ? ", …" : ""))
    }
  }

  public var recipe: TrainingRecipe { trainer.recipe }
  public var isDone: Bool { trainer.step >= recipe.steps }
  /// Whether the run is to be validated at its present step.
  public var isValidationDue: Bool { isDone || trainer.step % recipe.validation.every == 0 }
  /// Whether that includes reconstructions by ILO, which take long.
  public var isILODue: Bool {
    ilo != nil && (isDone || trainer.step % recipe.validation.iloEvery == 0)
  }
  /// Seconds of work, those before the last checkpoint included.
  public var seconds: Double { secondsBefore + (ContinuousClock.now - began) / .seconds(1) }

  /// One step on a random batch.
  public mutating func advance() -> Trainer.StepReport {
    let start = ContinuousClock.now
    let report = trainer.advance(on: set.images, choice: set.training)
    mean.steps += 1
    let evidence = report.evidence
    let divergence = evidence.divergences.reduce(0, +)
    mean.absoluteError += evidence.absoluteError
    mean.divergence += divergence
    mean.outputScale += evidence.outputScale
    // The logarithm tells apart what different scales promise; 0 where the scale is fixed.
    mean.loss +=
      evidence.absoluteError / evidence.outputScale
      + log(evidence.outputScale / Double(recipe.loss.imageScale)) + divergence
    mean.adversarial = report.adversarial
    if report.skipped { mean.skipped += 1 }
    mean.gradientNorm = report.gradientNorm
    mean.rate = Double(report.learningRate)
    mean.seconds += (ContinuousClock.now - start) / .seconds(1)
    return report
  }

  /// Measures the averaged network on held-out images, saves it, and adds a row to the log.
  ///
  /// `check` is called now and then; what it throws ends the reconstructions by ILO, and they are
  /// missing from the row. Throws `WeightsError` or `OutputFileError` if a file cannot be written.
  public mutating func validate(check: () throws -> Void) throws {
    let evidence = trainer.validate(on: set.images, choice: validation)
    let weights = try save()
    var row = figures(evidence)
    if let ilo, isILODue {
      do {
        let figures = try ilo.figures(weights: weights, check: check)
        for (index, acceleration) in ilo.accelerations.enumerated() {
          let values = [
            ("ilo_psnr", figures[index].psnr), ("ilo_ssim", figures[index].ssim),
            ("wavelet_psnr", ilo.wavelet[index].psnr), ("wavelet_ssim", ilo.wavelet[index].ssim),
          ]
          for (name, value) in values {
            row[TrainingHistory.column(name, acceleration)] = value
          }
        }
      } catch is CancellationError {
        remarks.append("step \(trainer.step): stopped before the reconstructions by ILO")
      } catch {
        remarks.append("step \(trainer.step): no reconstruction by ILO (\(error))")
      }
    }
    row["seconds"] = seconds
    history.append(row)
    mean = Mean()
    try history.write(to: description.log)
  }

  /// Writes checkpoint and averaged weights, and gives the weights.
  ///
  /// Their radii are calibrated on held-out images: on all of them when the run is done.
  @discardableResult
  public func save() throws -> WeightsFile {
    let network = trainer.averaged
    var file = WeightsFile(
      architecture: network.architecture, parameters: network.parameters, notes: notes)
    file.notes["step"] = String(trainer.step)
    file.deviationRadii = trainer.deviationRadii(
      on: set.images, choice: isDone ? set.validation : validation)
    try trainer.writeCheckpoint(to: description.checkpoint)
    try file.write(to: description.output)
    return file
  }

  /// What the page for readers shows: figures, and pictures of the averaged network on held-out images.
  ///
  /// Throws if the recipe cannot be written as YAML.
  public func snapshot() throws -> TrainingSnapshot {
    let pictures = trainer.pictures(
      of: set.images, choice: set.validation.spread(recipe.validation.pictures))
    return TrainingSnapshot(
      history: history, facts: facts, remarks: remarks + set.skipped.map { "left out: \($0)" },
      recipe: try recipe.text,
      pairs: pictures.pairs.map { ($0.input, $0.target, $0.drawn) }, samples: pictures.samples,
      white: TrainingPictures.white)
  }

  private var facts: [(name: String, value: String)] {
    var facts = [
      ("State", "step \(trainer.step) of \(recipe.steps)"),
      ("Time", "\(Self.clock(seconds)) of work, validations included"),
      (
        "Network",
        "\(trainer.averaged.parameters.count) parameters in \(recipe.architecture.levels) levels"
      ),
      ("Seed", String(recipe.seed)), ("Licence of the images", description.licence),
    ]
    if let rate = history.last("images_per_second") {
      facts.insert(("Speed", "\(rate.text(digits: 1)) images a second in training"), at: 2)
    }
    let data = ["training_data", "training_images_sha256", "training_subjects_sha256"]
    let names = ["Trained on", "SHA-256 of these images", "SHA-256 of these subjects' names"]
    for (key, name) in zip(data, names) { facts.append((name, notes[key] ?? "")) }
    facts.append(
      (
        "Held out",
        "\(set.validation.count) images of \(set.validationSubjects.count) subjects; "
          + "\(validation.count) are auto-encoded"
          + (ilo.map { ", \($0.choice.count) reconstructed by ILO" } ?? "")
      ))
    facts.append(("Not read", "\(set.unread) images of other splits"))
    facts.append(("Size", "\(set.side) × \(set.side) pixels"))
    return facts
  }

  private static func clock(_ seconds: Double) -> String {
    let s = Int(seconds)
    return String(format: "%d:%02d:%02d", s / 3600, s / 60 % 60, s % 60)
  }

  private func figures(_ evidence: LadderNetwork.Evidence) -> [String: Double] {
    let steps = max(1, mean.steps)
    let (error, divergence) = (mean.absoluteError / steps, mean.divergence / steps)
    var row = [
      "step": Double(trainer.step), "learning_rate": mean.rate, "train_l1": error,
      "train_kl": divergence,
      "train_loss": mean.loss / steps, "skipped": mean.skipped,
      "gradient_norm": mean.gradientNorm,
      "images_per_second": mean.steps * Double(recipe.batch) / max(mean.seconds, 1e-9),
      "val_psnr": -10 * log10(max(evidence.squaredError, 1e-30)),
      "val_l1": evidence.absoluteError,
    ]
    for (level, divergence) in evidence.divergences.enumerated() {
      row["val_kl_\(level)"] = divergence
    }
    row["output_scale"] = mean.outputScale / steps
    if let seen = mean.adversarial {
      row["discriminator_loss"] = seen.loss
      row["gradient_penalty"] = seen.penalty
      row["real_score"] = seen.realScore
      row["drawn_score"] = seen.drawnScore
    }
    return row
  }

  private static func notes(
    _ set: TrainingSet, _ recipe: TrainingRecipe, _ description: Description
  ) throws -> [String: String] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let names = description.sources.joined(separator: ", ")
    let origins = set.origins.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
    return [
      "recipe": String(decoding: try encoder.encode(recipe), as: UTF8.self),
      "seed": String(recipe.seed),
      "training_data":
        "\(set.training.count) images of \(set.trainingSubjects.count) subjects of \(names)"
        + (origins.isEmpty ? "" : " (sources: \(origins.joined(separator: ", ")))"),
      "training_images_sha256": set.digest, "training_subjects_sha256": set.subjectsDigest,
      "licence": description.licence,
    ]
  }
}
