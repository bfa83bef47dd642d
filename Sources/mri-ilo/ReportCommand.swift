import ArgumentParser
import Evaluation
import Experiments
import Reporting

/// `mri-ilo report`: writes a run's report.
struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Write the report of a sweep: one HTML file with all of it.",
    discussion: """
      The file holds tables, charts, the best, median and worst cases, masks,
      failures, limits and provenance. It needs no network and no other file:
      open it in a browser, send it, print it.

        mri-ilo report run
        mri-ilo report run -o report.html

      The sweep need not be complete; the report says what is missing. The same
      folder gives the same file to the last byte.
      """)

  @Argument(help: ArgumentHelp("The folder of a sweep.", valueName: "run"), completion: .directory)
  var runFolder: String

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("The file to write (default: report.html in the folder).", valueName: "file")
  )
  var output: String?

  @OptionGroup var threads: ThreadOptions

  func run() throws {
    threads.apply()
    let folder = SweepFolder(runFolder)
    let report = try SweepReport(results: try SweepResults(folder: folder))
    let path = output ?? folder.file("report.html")
    try report.write(to: path)
    let megabytes = (Double(report.html.utf8.count) / 1_000_000).text(digits: 1)
    print("\(path) (\(megabytes) MB)")
  }
}
