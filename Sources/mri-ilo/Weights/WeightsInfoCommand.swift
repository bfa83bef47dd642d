import ArgumentParser
import Experiments
import Foundation
import Generators
import Reporting

/// `mri-ilo weights info`: what a weights file says about itself.
struct WeightsInfoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "info",
    abstract: "Say what is in a weights file.",
    discussion: """
      Architecture, parameters, checksum, calibration, recipe, training data and licence; with \
      --tensors the name and shape of each tensor besides. --page draws the curves of their training: \
      of the log that lies beside them under their name, or of those that --log names.

        mri-ilo weights info brain-ladder-256 --page weights.html
      """)

  @Argument(help: "A weights file, or the name of one that comes with the program.")
  var weights: String?

  @Flag(help: "List the tensors too.")
  var tensors = false

  @Flag(help: "Print JSON, tensors and all.")
  var json = false

  @Option(help: ArgumentHelp("HTML file for the curves of the training.", valueName: "file"))
  var page: String?

  @Option(
    help: ArgumentHelp(
      "With --page: a log of the training, .log.csv or what PyTorch's scripts print; may be repeated.",
      valueName: "file"))
  var log: [String] = []

  func validate() throws {
    if page == nil && !log.isEmpty { throw ValidationError("--log needs --page") }
    if page != nil && json { throw ValidationError("--page and --json exclude each other") }
  }

  func run() throws {
    let path = try WeightsCatalogue().file(weights)
    if let inspection = try NetworkInspection(statedIn: path) {
      if page != nil {
        throw ExperimentError("\(path): --page is for networks that 'mri-ilo train' trains")
      }
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
    if let page {
      let logs = try (log.isEmpty ? try Self.logs(beside: path) : log).map {
        (name: URL(fileURLWithPath: $0).lastPathComponent, history: try TrainingHistory(log: $0))
      }
      try TrainingReport(inspection, logs: logs).write(to: page)
      print("Wrote \(page)")
      return
    }
    print(inspection.file)
    print(AlignedLines.text(inspection.lines + (tensors ? inspection.tensorLines : [])))
  }

  /// The logs that have the name of the weights.
  private static func logs(beside path: String) throws -> [String] {
    let ending = ".safetensors"
    let bare = path.hasSuffix(ending) ? String(path.dropLast(ending.count)) : path
    let found = [path + ".log.csv", bare + ".log.csv", bare + ".log.txt"].filter {
      FileManager.default.fileExists(atPath: $0)
    }
    if found.isEmpty {
      throw ExperimentError("\(path): no log of its training lies beside it; name one with --log")
    }
    return found
  }
}
