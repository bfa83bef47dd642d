import Evaluation
public import Experiments
import Foundation

/// The page on the checks of ILO's theory, with tables and charts as files beside it.
public struct TheoryReport: Sendable {
  /// The whole page; it needs no network, no script and no other file.
  public let html: String
  private let result: TheoryResult
  private let charts: [(name: String, svg: String)]

  /// The page of what the checks came to.
  public init(_ result: TheoryResult) throws {
    self.result = result
    let sections = TheorySections(result)
    charts = sections.all.map { ("\($0.id).svg", $0.file) }
    html = try ReportTemplates.render(.theory, Page(result, sections: sections.all))
  }

  /// The names of all files of a report.
  private var names: [String] {
    ["theory.html", "theory.json"] + result.tables.map(\.name) + charts.map(\.name)
  }

  /// Writes page, `theory.json`, tables and charts as the folder `path`, in the place of those of an earlier
  /// report.
  ///
  /// Throws `ExperimentError` for a folder that holds anything else, `OutputFileError` where it cannot be
  /// written.
  public func write(to path: String) throws {
    let folder = try StagedFolder(path, replaceable: names.contains)
    try folder.write(Data(html.utf8), "theory.html")
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
    try folder.write(try encoder.encode(result) + Data("\n".utf8), "theory.json")
    for (name, table) in result.tables { try folder.write(Data(table.text.utf8), name) }
    for (name, svg) in charts { try folder.write(Data(svg.utf8), name) }
    try folder.publish()
  }

  /// The values of the template `theory`.
  private struct Page {
    struct Fact {
      let name, value: String
    }

    struct Verdict {
      let title, outcome, words: String
    }

    let style, program: String
    let verdicts: [Verdict]
    let sections: [TheorySections.Section]
    let facts: [Fact]

    init(_ result: TheoryResult, sections: [TheorySections.Section]) {
      style = ReportTemplates.style
      program = "mri-ilo \(ProgramVersion.current)"
      verdicts = result.verdicts.map {
        Verdict(title: $0.title, outcome: $0.outcome.rawValue, words: $0.words)
      }
      self.sections = sections
      let settings = result.settings
      facts = [
        Fact(name: "Generator", value: result.generator),
        Fact(
          name: "Parts",
          value: "G₁ is the first \(settings.cut) of the levels, with \(result.latents) latents; "
            + "G₂ draws \(settings.rows) × \(settings.columns) pixels of \(result.features) "
            + "features. The real part of what it draws counts, and the latents behind the cut are "
            + "zeros."),
        Fact(
          name: "Images",
          value: "\(settings.images) drawn; \((100 * settings.sparsity).text(digits: 1)) % of the "
            + "features changed, the image by "
            + "\(settings.deviation) of its norm; noise of \(settings.noise) of the measurements"),
        Fact(name: "Seed", value: String(settings.seed)),
        Fact(
          name: "Iterations",
          value: "\(settings.latentIterations) for latents from each of \(settings.starts) starts, "
            + "\(settings.ballIterations) in the ball"),
        Fact(name: "Time", value: "\(result.seconds.text(digits: 0)) s"),
      ]
    }
  }
}
