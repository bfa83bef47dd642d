import Arrays
import Evaluation
public import Experiments
import Foundation

/// A run as a folder that can be given away: a Jupyter notebook with its results, the tables that it
/// reads, and arrays.
public struct SweepExport {
  public let results: SweepResults
  private let tables: SweepTables
  private let selection: ExportSelection

  /// The most cases whose pictures the notebook shows: they make up most of its size.
  private let mostCases: Int

  /// The most regions, and metrics in the chart, that the notebook shows.
  private static let (mostRegions, mostMetrics) = (8, 3)

  /// Throws `ExperimentError` for a run without results, or without images where `images` wants them.
  public init(_ images: ExportedImages, results: SweepResults) throws {
    guard !results.table.rows.isEmpty else {
      throw ExperimentError(
        "\(results.folder.path): holds no results yet; run 'mri-ilo sweep' first")
    }
    guard images == .none || results.record.keepsImages else {
      throw ExperimentError(
        "\(results.folder.path): the protocol kept no images; export with --images none")
    }
    self.results = results
    tables = try SweepTables(results: results)
    selection = ExportSelection(images, results: results)
    mostCases = images == .all ? 4 : 1
  }

  /// The run's name, which names folder and notebook.
  public var name: String { results.settings.name }

  /// Writes the export as the folder `path`, in the place of an earlier one.
  ///
  /// Throws `ExperimentError` if the folder holds anything but an export, or `OutputFileError` and
  /// `ScanFileError` for files that cannot be written or read.
  public func write(to path: String) throws {
    let arrays = ArrayExport(selection, results: results)
    let csv = [
      ("results.csv", results.table.csv), ("volumes.csv", tables.volumesData),
      ("summary.csv", tables.summaryData), ("comparisons.csv", tables.comparisonsData),
      ("agreement.csv", tables.agreementData), ("costs.csv", tables.costsData),
      ("summary-costs.csv", tables.costSummaryData), ("images.csv", arrays.index),
    ]
    let known = Set(csv.map(\.0) + ["arrays.h5"])
    let folder = try StagedFolder(path) { known.contains($0) || $0.hasSuffix(".ipynb") }
    for (name, table) in csv { try folder.write(Data(table.text.utf8), name) }
    if !selection.rows.isEmpty { try arrays.write(to: folder.file("arrays.h5")) }
    try folder.write(try notebook(scratch: folder.file("scratch.png")).json(), "\(name).ipynb")
    try folder.publish()
  }

  private func notebook(scratch: String) throws -> NotebookDocument {
    let text = NotebookText(tables: tables, settings: results.settings, selection: selection)
    let computed = NotebookTables(tables)
    var notebook = NotebookDocument()
    notebook.append(markdown: text.opening)
    notebook.append(markdown: text.definitions)
    notebook.append(markdown: text.files)
    notebook.append(code: NotebookCode.setup)
    notebook.append(code: NotebookCode.tables)
    for (index, region) in computed.regions.prefix(Self.mostRegions).enumerated() {
      let title = Markdown.escaped(Self.title(region))
      notebook.append(
        markdown: "## \(title)\n\nMeans over patients with their intervals.")
      notebook.append(
        code: "quality(regions[\(index)])", outputs: [computed.quality(region).output])
      if !tables.comparisons.isEmpty {
        notebook.append(
          markdown: "Differences from the baseline; better and worse count patients.")
        notebook.append(
          code: "comparison(regions[\(index)])", outputs: [computed.comparison(region).output])
      }
    }
    appendChart(computed, to: &notebook)
    try appendCases(to: &notebook, scratch: scratch)
    notebook.append(markdown: "## Costs\n\nTimes and memory differ from machine to machine.")
    notebook.append(code: "costs()", outputs: [computed.costTable.output])
    notebook.append(markdown: try text.methods())
    notebook.append(markdown: text.limits)
    return notebook
  }

  private func appendChart(_ computed: NotebookTables, to notebook: inout NotebookDocument) {
    guard let region = computed.regions.first else { return }
    notebook.append(
      markdown: "## Quality by acceleration\n\n\(Markdown.escaped(Self.title(region))): means over "
        + "patients with their intervals, against the acceleration that the masks achieved.")
    notebook.append(code: NotebookCode.curves)
    for (index, metric) in tables.metrics.prefix(Self.mostMetrics).enumerated() {
      let chart = QualityChart(tables: tables, region: region, metric: metric)
      notebook.append(
        code: "curves(regions[0], metrics[\(index)])",
        outputs: [
          .display([
            ("image/svg+xml", chart.svg), ("text/plain", "\(metric.title) by acceleration"),
          ])
        ])
    }
  }

  private func appendCases(to notebook: inout NotebookDocument, scratch: String) throws {
    guard !selection.rows.isEmpty else { return }
    notebook.append(
      markdown: """
        ## Images

        One grey scale for all images of a case, up to the 99.8th percentile of the reference; one scale
        for all error maps.
        """)
    notebook.append(code: NotebookCode.panels)
    for number in 1...min(mostCases, selection.cases.count) {
      guard let sheet = try sheet(of: number) else { continue }
      try sheet.writePNG(to: scratch)
      defer { unlink(scratch) }
      let png = try Data(contentsOf: URL(fileURLWithPath: scratch))
      notebook.append(
        code: "panels(\(number))",
        outputs: [
          .display([
            ("image/png", png.base64EncodedString()),
            ("text/plain", "reference, reconstructions and errors of case \(number)"),
          ])
        ])
    }
  }

  /// The pictures of a case; nil where an image is not finite and cannot be shown.
  private func sheet(of number: Int) throws -> PictureSheet? {
    let rows = selection.rows.filter { selection.caseNumber(of: $0) == number }
    guard let first = rows.first else { return nil }
    let panels = try rows.compactMap { row in
      try results.image(row).map { PictureSheet.Panel(title: row.condition.method, image: $0) }
    }
    let condition = first.condition
    let sampling = results.mask(first).map { mask in
      PictureSheet.Sampling(
        samples: mask.samples, rows: mask.rows,
        text: "asked \(PrintedNumber.short(condition.acceleration))x, achieved "
          + "\(condition.achievedAcceleration.text(digits: 2))x, \(condition.acsLines) ACS lines")
    }
    let kind = results.record.definitions["reference"] ?? "reference"
    do {
      return try PictureSheet(
        caption: PictureSheet.Caption(
          file: condition.scan, slice: first.slice, mask: condition.mask, seed: condition.seed),
        reference: .image(try results.reference(first), kind: kind), panels: panels,
        sampling: sampling)
    } catch PictureError.notFinite {
      return nil
    }
  }

  private static func title(_ region: String) -> String {
    switch region {
    case "image": "Whole image"
    case "foreground": "Foreground"
    default: region.hasPrefix("box:") ? "Boxes \(region.dropFirst(4))" : region
    }
  }
}
