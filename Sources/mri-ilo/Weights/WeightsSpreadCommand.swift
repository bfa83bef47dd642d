import ArgumentParser
import Experiments
import Foundation
import Generators
import Reconstruction

/// `mri-ilo weights spread`: calibrates the intervals that ILO's draws give.
struct WeightsSpreadCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "spread",
    abstract: "Calibrate the intervals of 'recon --spread', so that they hold what they state.",
    discussion: """
      Images of the stack's split 'val' get simulated coils, phase and noise, are \
      undersampled 4 and 8 times in turn and reconstructed by ILO with draws. The \
      factor by which the spread of the draws must be multiplied so that intervals \
      of it hold the stated share of the head's pixels goes into the weights' notes \
      (split conformal prediction). It is from every other subject; the others tell \
      what the intervals hold on images that the factor is not from. To be done again \
      when the weights change.
      """)

  @Argument(help: "A weights file, or the name of one that comes with the program.")
  var weights: String

  @Argument(help: "HDF5 image stack with the split val, as for training.")
  var stack: String

  @Option(
    name: .shortAndLong, help: "Weights file to write (default: the notes are rewritten in place).")
  var output: String?

  @Option(help: "Images that the factor is from.")
  var images = SpreadCalibration.Settings().images

  @Option(help: "Images of other subjects that it is checked on.")
  var checks = SpreadCalibration.Settings().checks

  @Option(help: "Draws of each image.")
  var draws = SpreadCalibration.Settings().draws

  @Option(help: "Per cent of the pixels that the intervals are to hold.")
  var level = 100 * SpreadCalibration.Settings().level

  @Option(help: "Seed of coils, noise and masks.")
  var seed: UInt64 = 1

  @OptionGroup var threads: ThreadOptions

  func validate() throws {
    if images < 1 || checks < 0 || draws < 2 {
      throw ValidationError(
        "--images must be at least 1, --checks at least 0, --draws at least 2")
    }
    if !(level >= 50 && level <= 99) {
      throw ValidationError("--level \(level): give 50 to 99")
    }
  }

  func run() throws {
    threads.apply()
    let path = try WeightsCatalogue().file(weights)
    var file = try WeightsFile(contentsOf: path)
    var settings = SpreadCalibration.Settings()
    (settings.images, settings.checks, settings.draws) = (images, checks, draws)
    (settings.level, settings.seed) = (level / 100, seed)
    let calibration = try SpreadCalibration(weights: file, stack: stack, settings: settings)
    let scale = try StoppableWork.run { work in
      try calibration.run { share in try work.show("\(Int(100 * share)) %", share: share) }
    }
    file.spread = scale
    try file.write(to: output ?? path)
    print("Wrote \(output ?? path): \(scale.text).")
    let list = URL(fileURLWithPath: output ?? path).deletingLastPathComponent()
      .appendingPathComponent(WeightsVerification.listName).path
    if FileManager.default.fileExists(atPath: list) {
      print("If \(list) names the file, its checksum there is of the file as it was.")
    }
  }
}
