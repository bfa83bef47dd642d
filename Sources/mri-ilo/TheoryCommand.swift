import ArgumentParser
import Evaluation
import Experiments
import Foundation
import Generators
import Reporting

/// `mri-ilo theory`: ILO's theory, checked by numbers.
struct TheoryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "theory",
    abstract: "Check the theory of ILO by numbers, on a trained or a random generator.",
    discussion: """
      Projections onto l1 balls, means of few atoms, recovery against the \
      radius of the ball, the S-REC constants of four kinds of measurements, the \
      error's bound, and whether stages are continuous. Images are drawn by the \
      generator itself; no scan is needed.

        mri-ilo theory
        mri-ilo theory --random-network --images 4
        mri-ilo theory --measurements 0.02,0.1,0.5 --radii 0,1,2,4 -o out

      The output folder gets theory.html, theory.json, a CSV table and an SVG \
      chart of each check. They appear only when all is done.
      """)

  @Option(
    help: ArgumentHelp(
      "Generator weights: a file, or the name of one that comes with the program.",
      valueName: "file"))
  var weights: String?

  @Flag(help: "A generator of random weights instead of a trained one.")
  var randomNetwork = false

  @Option(help: "Seed of all that is drawn.")
  var seed: UInt32 = 1

  @Option(help: ArgumentHelp("Rows of the images.", valueName: "pixels"))
  var rows = TheorySettings().rows

  @Option(help: ArgumentHelp("Columns of the images.", valueName: "pixels"))
  var columns = TheorySettings().columns

  @Option(help: ArgumentHelp("Levels before the layer of the ball.", valueName: "count"))
  var cut = TheorySettings().cut

  @Option(help: ArgumentHelp("Images that are drawn and recovered.", valueName: "count"))
  var images = TheorySettings().images

  @Option(
    help: ArgumentHelp(
      "Numbers of measurements, as shares of the pixels (default: \(Self.text(TheorySettings().measurements))).",
      valueName: "list"))
  var measurements: String?

  @Option(
    help: ArgumentHelp(
      "Radii over the true deviation's; no ball follows them (default: \(Self.text(TheorySettings().radii))).",
      valueName: "list"))
  var radii: String?

  @Option(
    help: ArgumentHelp(
      "How much the true deviation changes an image, relative to its norm.", valueName: "share"))
  var deviation = TheorySettings().deviation

  @Option(
    help: ArgumentHelp("Noise over the size of the measurements.", valueName: "share"))
  var noise = TheorySettings().noise

  @Option(help: ArgumentHelp("Pairs of images for S-REC.", valueName: "count"))
  var pairs = TheorySettings().pairs

  @Option(help: ArgumentHelp("Iterations of a fit in the ball.", valueName: "count"))
  var iterations = TheorySettings().ballIterations

  @Option(
    name: .shortAndLong, help: ArgumentHelp("Folder for the results.", valueName: "folder"))
  var output = "theory"

  @OptionGroup var threads: ThreadOptions

  func validate() throws {
    if randomNetwork, weights != nil {
      throw ValidationError("--weights and --random-network exclude each other; give one")
    }
    _ = try settings()
  }

  func run() throws {
    threads.apply()
    var file: WeightsFile?
    var name = "random weights of seed \(seed)"
    if !randomNetwork {
      let path = try WeightsCatalogue().file(weights)
      file = try WeightsFile(contentsOf: path)
      name = URL(fileURLWithPath: path).lastPathComponent
    }
    let theory = try TheoryRun(weights: file, name: name, settings: try settings())
    let result = try StoppableWork.run { work in
      let result = try theory.perform { stage, share in try work.show(stage, share: share) }
      try TheoryReport(result).write(to: output)
      return result
    }
    for verdict in result.verdicts {
      print("\(verdict.outcome.rawValue): \(verdict.title)\n  \(verdict.words)")
    }
    print("Results: \(output) (\(result.seconds.text(digits: 0)) s)")
  }

  private func settings() throws -> TheorySettings {
    var settings = TheorySettings()
    settings.seed = UInt64(seed)
    (settings.rows, settings.columns, settings.cut) = (rows, columns, cut)
    (settings.images, settings.noise, settings.pairs) = (images, noise, pairs)
    (settings.ballIterations, settings.deviation) = (iterations, deviation)
    if let measurements {
      settings.measurements = try Self.numbers(measurements, of: "--measurements")
    }
    if let radii { settings.radii = try Self.numbers(radii, of: "--radii") }
    return settings
  }

  private static func numbers(_ text: String, of option: String) throws -> [Double] {
    try text.split(separator: ",", omittingEmptySubsequences: false).map { part in
      guard let number = Double(part.filter { $0 != " " }), number.isFinite else {
        throw ValidationError("\(option) \(text): give numbers separated by commas")
      }
      return number
    }
  }

  private static func text(_ numbers: [Double]) -> String {
    numbers.map { $0 == $0.rounded() ? "\(Int($0))" : "\($0)" }.joined(separator: ",")
  }
}
