import ArgumentParser
import Experiments
import Foundation
import Reporting

/// `mri-ilo reader-study`: makes a blinded study of a run's images, or sums up its scores.
struct ReaderStudyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reader-study",
    abstract: "Blinded images of a run for readers to score, and what their scores say.",
    discussion: """
      From the folder of a sweep whose protocol keeps images:

        mri-ilo reader-study run -o study
        mri-ilo reader-study run -o study --methods ilo,l1-wavelet --accelerations 8

      The package 'study' holds images under random numbers, instructions, and a
      scoring sheet for each reader in an order of its own. What the images show
      is in the key, study-key.csv, which readers must not see. A case is a slice
      of a scan; it shows every method at every mask with one grey scale.

      When the filled sheets lie in the folder again, as CSV:

        mri-ilo reader-study --analyse study --key study-key.csv --baseline l1-wavelet

      writes reader-results.csv and reader-results.md: mean scores, ranks,
      agreement of readers, and which methods are not worse than the baseline.

      Research use only; not for diagnosis.
      """)

  @Argument(help: "The folder of a sweep.", completion: .directory)
  var sweep: String?

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "The package, a new folder; with --analyse the folder of the results (default: FOLDER-results).",
      valueName: "folder"))
  var output: String?

  @Option(
    help: ArgumentHelp("Sum up the sheets in this package.", valueName: "folder"))
  var analyse: String?

  @Option(
    help: ArgumentHelp(
      "The key, a file outside the package (default: FOLDER-key.csv).", valueName: "file"))
  var key: String?

  @OptionGroup(title: "Making a study") var making: Making
  @OptionGroup(title: "Summing up") var summing: Summing

  struct Making: ParsableArguments {
    @Option(help: "Methods by their labels, separated by commas (default: all).")
    var methods: NameList?
    @Option(help: "Asked accelerations, separated by commas (default: all).")
    var accelerations: NumberList?
    @Option(help: "Mask patterns, separated by commas (default: all).")
    var masks: NameList?
    @Option(
      help: ArgumentHelp(
        "Slices to show (default: \(ReaderStudySettings.customaryCases), or all if there are fewer).",
        valueName: "count"))
    var cases: Int?
    @Option(help: ArgumentHelp("Readers.", valueName: "count"))
    var readers = ReaderStudySettings().readers
    @Option(help: ArgumentHelp("Images shown twice.", valueName: "count"))
    var repeats = ReaderStudySettings().repeats
    @Flag(help: "Show the fully sampled reference of each case among the others.")
    var includeReference = false

    func validate() throws {
      if let cases, cases < 1 { throw ValidationError("--cases must be at least 1") }
      if readers < 1 { throw ValidationError("--readers must be at least 1") }
      if repeats < 0 { throw ValidationError("--repeats must not be negative") }
    }
  }

  struct Summing: ParsableArguments {
    @Option(
      help: ArgumentHelp(
        "What methods are compared with (default: the reference if it was shown).",
        valueName: "method"))
    var baseline: String?
    @Option(
      help: ArgumentHelp("The loss that still counts as none, in points.", valueName: "points"))
    var margin = ReaderAnalysisSettings().margin

    func validate() throws {
      guard margin > 0, margin.isFinite else {
        throw ValidationError("--margin must be a number above 0")
      }
    }
  }

  @Option(help: "The seed of all random choices.")
  var seed: UInt64 = 1

  func validate() throws {
    switch (sweep, analyse) {
    case (nil, nil):
      throw ValidationError("name the folder of a sweep, or a package with --analyse")
    case (_?, _?):
      throw ValidationError("name either the folder of a sweep or a package with --analyse")
    case (_?, nil):
      if output == nil { throw ValidationError("-o is missing: name the package, a new folder") }
    case (nil, _?): break
    }
  }

  func run() throws {
    if let analyse {
      try sumUp(Self.trimmed(analyse))
    } else if let sweep, let output {
      try make(sweep, Self.trimmed(output))
    }
  }

  private func make(_ run: String, _ folder: String) throws {
    var settings = ReaderStudySettings()
    settings.methods = making.methods?.names
    settings.accelerations = making.accelerations?.numbers
    settings.masks = making.masks?.names
    settings.cases = making.cases
    settings.readers = making.readers
    settings.repeats = making.repeats
    settings.includesReference = making.includeReference
    settings.seed = seed
    let keyFile = key ?? "\(folder)-key.csv"
    let package = try ReaderStudyPackage(
      settings, results: try SweepResults(folder: SweepFolder(run)))
    try package.write(folder: folder, keyFile: keyFile)
    let plan = package.plan
    print(
      """
      \(SweepSummary.count(plan.images.count, "image")) of \
      \(SweepSummary.count(plan.caseCount, "case")) for \
      \(SweepSummary.count(plan.orders.count, "reader")), \(settings.repeats) of them shown twice.
        \(folder)  for the readers
        \(keyFile)  the key: not for the readers
      """)
  }

  private func sumUp(_ folder: String) throws {
    var settings = ReaderAnalysisSettings()
    settings.baseline = summing.baseline
    settings.margin = summing.margin
    settings.seed = seed
    let key = try ReaderStudyKey(contentsOf: self.key ?? "\(folder)-key.csv")
    let analysis = try ReaderAnalysis(
      try ReaderScores(folder: folder, key: key), settings: settings)
    let place = output.map(Self.trimmed) ?? "\(folder)-results"
    try analysis.write(to: place)
    print(
      """
      \(SweepSummary.count(analysis.scores.readers.count, "reader")), \
      \(SweepSummary.count(analysis.shown.cases, "case")), \
      \(SweepSummary.count(analysis.missing.reduce(0) { $0 + $1.missing }, "missing score")).
        \(place)/reader-results.md
        \(place)/reader-results.csv
      """)
  }

  /// `path` without slashes at its end, to which `-key.csv` can be added.
  private static func trimmed(_ path: String) -> String {
    var path = path
    while path.count > 1, path.hasSuffix("/") { path.removeLast() }
    return path
  }
}

/// Names separated by commas.
struct NameList: ExpressibleByArgument {
  let names: [String]

  init?(argument: String) {
    names = argument.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
    guard !names.isEmpty, names.allSatisfy({ !$0.isEmpty }) else { return nil }
  }
}

/// Numbers separated by commas.
struct NumberList: ExpressibleByArgument {
  let numbers: [Double]

  init?(argument: String) {
    let words = argument.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
    numbers = words.compactMap(Double.init)
    guard !numbers.isEmpty, numbers.count == words.count else { return nil }
  }
}
