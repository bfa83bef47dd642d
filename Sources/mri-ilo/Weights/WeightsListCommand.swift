import ArgumentParser
import Evaluation
import Experiments
import Generators

/// `mri-ilo weights list`: the weights that the program finds.
struct WeightsListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List the weights that the program finds.",
    discussion: """
      Looks where the environment variable \(WeightsLocation.variable) points, then in the folder \
      of weights that comes with the program. The star marks what recon uses without --weights.
      """)

  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    let catalogue = WeightsCatalogue()
    let files = catalogue.files
    guard !files.isEmpty else {
      throw ExperimentError(
        "there are no generator weights in \(catalogue.folders.joined(separator: " or ")); train "
          + "some with 'mri-ilo train', or name a file with \(WeightsLocation.variable)")
    }
    let all = try files.map { try WeightsInspection(path: $0) }
    if json {
      print(try JSONText.of(all))
      return
    }
    let standard = try? WeightsLocation(option: nil).path()
    var table = TextTable([
      ("name", .left), ("MB", .right), ("images", .left), ("widths", .left), ("parameters", .right),
      ("steps", .left), ("radii", .left), ("familiarity", .left),
    ])
    for weights in all {
      let name = weights.file.split(separator: "/").last.map(String.init) ?? weights.file
      table.append([
        name + (weights.file == standard ? " *" : ""),
        (Double(weights.bytes) / 1e6).text(digits: 1), weights.imageKind,
        weights.architecture.widths.map(String.init).joined(separator: " "),
        String(weights.parameters), weights.steps ?? "not stated",
        weights.deviationRadii.isEmpty ? "missing" : "calibrated",
        weights.familiarity == nil ? "missing" : "calibrated",
      ])
    }
    print(table.text)
    for weights in all {
      print("\n\(weights.file)")
      print("  saw: \(weights.notes["training_data"] ?? "not stated")")
    }
  }
}
