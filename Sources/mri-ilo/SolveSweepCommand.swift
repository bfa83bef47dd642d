import ArgumentParser
import Experiments
import Foundation
import Reporting

/// `mri-ilo solve-sweep`: many inverse problems of images, as a protocol says.
struct SolveSweepCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "solve-sweep",
    abstract: "Run tasks at several levels on many images by many methods, as a protocol says.",
    discussion: """
      What 'mri-ilo solve' does, for every task, level, noise, seed, image and \
      method of a YAML protocol. The folder gets results.csv (a row for each), \
      summary.csv (means over images and seeds, with 95 % intervals) and \
      report.html (curves and tables). Stopped or failed, the same command goes on \
      where it was.

        mri-ilo solve-sweep quick --images slices.h5 -o run
      """)

  @Argument(
    help: ArgumentHelp(
      "A protocol, or the name of one that comes with the program.", valueName: "protocol"))
  var protocolFile: String

  @Option(help: ArgumentHelp("Take the images from this file.", valueName: "file"))
  var images: String?

  @OptionGroup var networks: NetworkOptions

  @Option(
    name: .shortAndLong, help: ArgumentHelp("Folder for the results.", valueName: "folder"))
  var output: String

  @OptionGroup var threads: ThreadOptions

  func run() throws {
    threads.apply()
    let plan = try SolveProtocol(
      contentsOf: try ProtocolLocation(folder: "protocols/solve").file(protocolFile), images: images
    )
    let choices = plan.methods.compactMap { method in
      MethodChoice.solving.first { $0.name == method.name }
    }
    let used = try networks.paths(
      for: choices, named: plan.methods.map(\.name).joined(separator: ","))
    let sweep = try SolveSweep(
      plan, folder: output, weights: used.all
    ) { networks.context(seed: UInt64($0), used) }
    print(
      "\(plan.conditions.count) conditions, \(sweep.images.count) images, "
        + "\(plan.methods.count) methods: \(sweep.jobs.count) jobs")
    let (status, interrupt) = (StatusLine(), InterruptSignal())
    do {
      let outcome = try sweep.perform { words, done in
        if interrupt.received { throw Stopped() }
        status.show(words, share: Double(done) / Double(max(1, sweep.jobs.count)))
      }
      status.end()
      try SolveReport(sweep).write(to: "\(output)/report.html")
      print("Done: \(outcome.done), before: \(outcome.before). Results: \(output)/report.html")
      for failure in outcome.failures {
        FileHandle.standardError.write(Data("failed: \(failure)\n".utf8))
      }
      if !outcome.failures.isEmpty { throw ExitCode.failure }
    } catch is Stopped {
      status.end()
      try SolveReport(sweep).write(to: "\(output)/report.html")
      FileHandle.standardError.write(
        Data("Stopped; the same command goes on where it was.\n".utf8))
      throw ExitCode(130)
    }
  }

  /// The user asked to stop.
  private struct Stopped: Error {}
}
