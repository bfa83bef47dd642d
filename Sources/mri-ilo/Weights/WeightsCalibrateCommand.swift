import ArgumentParser
import Evaluation
import Experiments
import Foundation
import Generators
import Reconstruction
import Training

/// `mri-ilo weights calibrate`: teaches a weights file which images are like those it was trained on.
struct WeightsCalibrateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "calibrate",
    abstract: "Calibrate the score that says how unlike its training images an image is.",
    discussion: """
      Views of the stack's images are undersampled at random and reconstructed \
      without the generator, as it gets them first in a reconstruction. What their \
      encodings are like goes into the weights' notes: mean and spread over the \
      split 'train', and the percentile of the scores over the split 'val' as \
      threshold. Then images that are no heads are scored: the table says how many \
      are above the threshold, and the area under the receiver operating \
      characteristic against the held-out heads (0.5: the score tells nothing; 1: it \
      tells all).
      """)

  @Argument(help: "A weights file, or the name of one that comes with the program.")
  var weights: String

  @Argument(help: "HDF5 image stack with the splits train and val, as for training.")
  var stack: String

  @Option(
    name: .shortAndLong, help: "Weights file to write (default: the notes are rewritten in place).")
  var output: String?

  @Option(help: "Views of training images.")
  var images = FamiliarityCalibration.Settings().trainingViews

  @Option(help: "Views of each held-out image.")
  var views = FamiliarityCalibration.Settings().heldOutViews

  @Option(help: "Images of each kind that are no heads.")
  var unfamiliar = FamiliarityCalibration.Settings().unfamiliar

  @Option(help: "Percentile of the held-out scores that is the threshold.")
  var percentile = FamiliarityCalibration.Settings().percentile

  @Option(help: "Seed of views, coils, noise and masks.")
  var seed: UInt64 = 1

  @OptionGroup var threads: ThreadOptions

  func validate() throws {
    if images < 1 || views < 1 || unfamiliar < 0 {
      throw ValidationError("--images and --views must be at least 1, --unfamiliar at least 0")
    }
    if !(percentile >= 50 && percentile <= 100) {
      throw ValidationError("--percentile \(percentile): give 50 to 100")
    }
  }

  func run() throws {
    threads.apply()
    let path = try WeightsCatalogue().file(weights)
    var file = try WeightsFile(contentsOf: path)
    var recipe = TrainingRecipe()
    (recipe.architecture, recipe.batch) = (file.architecture, 1)
    recipe.crop = file.architecture.coarsestFactor
    let set = try TrainingSet(paths: [stack], recipe: recipe)
    var settings = FamiliarityCalibration.Settings()
    (settings.trainingViews, settings.heldOutViews) = (self.images, views)
    (settings.unfamiliar, settings.percentile, settings.seed) = (unfamiliar, percentile, seed)
    let (scale, checks) = try StoppableWork.run { work in
      try FamiliarityCalibration(network: file.network, settings: settings).run(
        on: set.images, training: set.training, heldOut: set.validation
      ) { share in try work.show("\(Int(100 * share)) %", share: share) }
    }
    file.familiarity = scale
    try file.write(to: output ?? path)
    print(text(checks))
    print("Wrote \(output ?? path): \(scale.text).")
    let list = URL(fileURLWithPath: output ?? path).deletingLastPathComponent()
      .appendingPathComponent(WeightsVerification.listName).path
    if FileManager.default.fileExists(atPath: list) {
      print("If \(list) names the file, its checksum there is of the file as it was.")
    }
  }

  private func text(_ checks: [FamiliarityCalibration.Check]) -> String {
    var table = TextTable([
      ("images", .left), ("count", .right), ("median score", .right), ("above threshold", .right),
      ("area under ROC", .right),
    ])
    for check in checks {
      table.append([
        check.kind, String(check.images), check.medianScore.text(digits: 1),
        (100 * check.warned).text(digits: 1) + " %",
        check.areaUnderCurve?.text(digits: 3) ?? "",
      ])
    }
    return table.text
  }
}
