import ArgumentParser
import Experiments

/// `mri-ilo weights info`: what a weights file says about itself.
struct WeightsInfoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "info",
    abstract: "Say what is in a weights file.",
    discussion: """
      Architecture, parameters, checksum, calibration, recipe, training data and licence; with \
      --tensors the name and shape of each tensor besides.
      """)

  @Argument(help: "A weights file, or the name of one that comes with the program.")
  var weights: String?

  @Flag(help: "List the tensors too.")
  var tensors = false

  @Flag(help: "Print JSON, tensors and all.")
  var json = false

  func run() throws {
    let path = try WeightsCatalogue().file(weights)
    if let inspection = try NetworkInspection(statedIn: path) {
      if json {
        print(try JSONText.of(inspection))
      } else {
        print(inspection.file)
        print(AlignedLines.text(inspection.lines + (tensors ? inspection.tensorLines : [])))
      }
      return
    }
    let inspection = try WeightsInspection(path: path)
    if json {
      print(try JSONText.of(inspection))
      return
    }
    print(inspection.file)
    print(AlignedLines.text(inspection.lines + (tensors ? inspection.tensorLines : [])))
  }
}
