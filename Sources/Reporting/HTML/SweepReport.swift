import Evaluation
public import Experiments
import Foundation

/// The report of a sweep: one HTML file that holds all its tables, charts and pictures.
///
/// The file needs no network and no other file. Tables, charts and pictures show without scripts;
/// with them regions, metrics and methods can be chosen and images compared by a slider. The same
/// run's folder gives the same bytes.
public struct SweepReport: Sendable {
  /// The whole page.
  public let html: String

  /// The report of what a run's folder holds so far.
  ///
  /// Throws `ExperimentError` for a metric that this program does not know, and `ScanFileError` for an
  /// image file that cannot be read.
  public init(results: SweepResults) throws {
    let settings = results.settings
    try self.init(
      ReportContent(
        title: settings.title, description: settings.description,
        protocolText: try settings.text, tables: try SweepTables(results: results),
        jobsDone: results.jobsDone, damaged: results.damaged, images: results))
  }

  init(_ content: ReportContent) throws {
    html = try ReportTemplates.render(.page, try Page(content))
  }

  /// Writes the page by way of a temporary file beside `path`.
  ///
  /// Throws `OutputFileError` if the folder does not exist or cannot be written.
  public func write(to path: String) throws {
    try writePage(html, to: path)
  }

  /// The values of the template `page`.
  private struct Page {
    struct Choice {
      let key, label: String
      let isChosen: Bool
    }

    let title, description: String
    let style, script: String
    let regions, metrics: [Choice]
    let study, summary, charts, cases, masks, limits, provenance: String
    let program: String

    init(_ content: ReportContent) throws {
      title = content.title
      description = content.description.trimmingCharacters(in: .whitespacesAndNewlines)
      style = ReportTemplates.style
      script = ReportTemplates.script
      regions = content.regions.enumerated().map { index, region in
        Choice(
          key: content.key(region: region), label: StudyWords.shortRegion(region),
          isChosen: index == 0)
      }
      let metrics = content.tables.metrics
      let preferred = metrics.filter { $0 == .psnr || $0 == .ssim }
      let chosen = preferred.isEmpty ? Array(metrics.prefix(1)) : preferred
      self.metrics = metrics.map {
        Choice(key: $0.rawValue, label: $0.title, isChosen: chosen.contains($0))
      }
      study = try ReportTemplates.render(.study, StudyWords(content))
      summary = try ReportTemplates.render(.summary, SummarySection(content))
      charts = try ReportTemplates.render(.charts, ChartSection(content))
      cases = try ReportTemplates.render(.cases, try CaseSection(content))
      masks = try ReportTemplates.render(.masks, MaskSection(content.record))
      limits = try ReportTemplates.render(.limits, LimitsSection(content))
      provenance = try ReportTemplates.render(.provenance, ProvenanceSection(content))
      program = "\(content.record.program) \(content.record.version)"
    }
  }
}
