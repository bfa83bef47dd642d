import ArgumentParser
import Evaluation
import Experiments

/// `mri-ilo weights verify`: whether a weights file is whole and its network works.
struct WeightsVerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "See whether a weights file is whole and works.",
    discussion: """
      Reads every value, compares the file's SHA-256 with the list \
      \(WeightsVerification.listName) beside it if there is one, and draws, encodes and \
      differentiates an image. Ends with a status other than 0 if something fails.
      """)

  @Argument(help: "A weights file, or the name of one that comes with the program.")
  var weights: String?

  @Flag(help: "Print JSON.")
  var json = false

  @OptionGroup var threads: ThreadOptions

  func run() throws {
    threads.apply()
    let verification = try WeightsVerification(path: try WeightsCatalogue().file(weights))
    if json {
      print(try JSONText.of(verification))
    } else {
      print(verification.file)
      var table = TextTable([("check", .left), ("outcome", .left), ("detail", .left)])
      for check in verification.checks {
        table.append([check.name, check.outcome.rawValue, check.detail])
      }
      print(table.text)
    }
    if !verification.hasPassed { throw ExitCode.failure }
  }
}
