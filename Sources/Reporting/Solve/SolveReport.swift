import Evaluation
public import Experiments
import Foundation

/// The page of a sweep of inverse problems: one HTML file with curves and tables.
///
/// It needs no network, no script and no other file.
public struct SolveReport: Sendable {
  /// The whole page.
  public let html: String

  /// The page of what is done of a sweep.
  public init(_ sweep: SolveSweep) throws {
    html = try ReportTemplates.render(.solve, Page(sweep))
  }

  /// Writes the page by way of a temporary file beside `path`; throws `OutputFileError`.
  public func write(to path: String) throws { try writePage(html, to: path) }

  /// The values of the template `solve`.
  private struct Page {
    struct Fact {
      let name, value: String
    }

    let title, style, program: String
    let sections: [SolveSection]
    let facts: [Fact]

    init(_ sweep: SolveSweep) {
      title = sweep.plan.title
      style = ReportTemplates.style
      program = "mri-ilo \(ProgramVersion.current)"
      let lines = sweep.summary.lines
      sections = SolveSection.all(lines, main: "ilo")
      let split = sweep.plan.split.map { ", split \($0)" } ?? ""
      facts = [
        Fact(
          name: "Images",
          value:
            "\(sweep.images.count) of \(URL(fileURLWithPath: sweep.plan.images).lastPathComponent)\(split)"
        ),
        Fact(name: "Subjects", value: String(Set(sweep.subjects).count)),
        Fact(
          name: "Done", value: "\(lines.reduce(0) { $0 + $1.images }) of \(sweep.jobs.count) jobs"),
        Fact(
          name: "Intervals", value: "95 %, by drawing whole subjects 10,000 times (percentiles)"),
        Fact(name: "Metrics", value: MetricDefinition.fastMRI.description),
      ]
    }
  }
}

/// One task in one form at all its levels.
struct SolveSection {
  struct Row {
    struct Cell {
      let text: String
      let isBest: Bool
    }

    let method: String
    let cells: [Cell]
    let seconds: String
  }

  let title, chart: String
  let levels: [String]
  let rows: [Row]

  /// The sections of `lines`, in their order; the curves of the method `main` stand out.
  static func all(_ lines: [SolveSweepSummary.Line], main: String) -> [SolveSection] {
    var groups: [(key: String, lines: [SolveSweepSummary.Line])] = []
    for line in lines {
      let key = "\(line.task.kind), \(line.noiseText)"
      if let place = groups.firstIndex(where: { $0.key == key }) {
        groups[place].lines.append(line)
      } else {
        groups.append((key, [line]))
      }
    }
    return groups.map { SolveSection(title: $0.key, $0.lines, main: main) }
  }

  private init(title: String, _ lines: [SolveSweepSummary.Line], main: String) {
    self.title = title
    var methods: [String] = []
    for line in lines where !methods.contains(line.method) { methods.append(line.method) }
    let values = Set(lines.map(\.level)).sorted()
    let across = lines[0].task.levelTitle
    levels = values.map { PrintedNumber.short($0) }
    func line(_ method: String, _ level: Double) -> SolveSweepSummary.Line? {
      lines.first { $0.method == method && $0.level == level }
    }
    func panel(_ title: String, _ figure: (SolveSweepSummary.Line) -> SolveSweepSummary.Figure)
      -> CurveChart.Panel
    {
      CurveChart.Panel(
        title: title, horizontalTitle: across, isLogarithmicAcross: true,
        curves: methods.map { method in
          let found = values.compactMap { level in line(method, level).map { (level, figure($0)) } }
          return CurveChart.Curve(
            label: method, points: found.map { ($0.0, $0.1.mean) },
            intervals: found.map { $0.1.interval })
        })
    }
    chart =
      CurveChart(
        panels: [panel("PSNR (dB)", \.psnr), panel("SSIM", \.ssim)],
        label: "Means by \(across): \(title)", main: main
      ).svg
    let best = values.map { level in methods.compactMap { line($0, level)?.psnr.mean }.max() }
    rows = methods.map { method in
      let own = values.compactMap { line(method, $0) }
      return Row(
        method: method,
        cells: zip(values, best).map { level, best in
          guard let found = line(method, level) else { return Row.Cell(text: "–", isBest: false) }
          let interval = found.psnr.interval.map { " \($0.text(digits: 2))" } ?? ""
          return Row.Cell(
            text: "\(found.psnr.mean.text(digits: 2))\(interval) / "
              + String(found.ssim.mean.text(digits: 3).drop { $0 == "0" }),
            isBest: found.psnr.mean == best)
        },
        seconds: (own.reduce(0) { $0 + $1.seconds } / Double(max(1, own.count))).text(digits: 1))
    }
  }
}

extension SolveSweepSummary.Line {
  /// What curves are over: the task's level, or the noise where it has none.
  fileprivate var level: Double { task.level ?? noise }

  fileprivate var noiseText: String {
    if task.level == nil { return "\(noiseModel) noise" }
    return noise > 0 ? "\(noiseModel) noise of \(PrintedNumber.short(noise))" : "no noise"
  }
}

extension SolveTask {
  /// The task without its level, in words.
  fileprivate var kind: String {
    switch self {
    case .denoise: "Denoising"
    case .inpaint: "In-painting, \(variant)"
    case .superres: "Super-resolution, \(variant)"
    case .deblur: "Deblurring, \(variant)"
    case .cs: "Compressed sensing, \(variant)"
    }
  }

  /// What the level says.
  fileprivate var levelTitle: String {
    switch self {
    case .denoise, .inpaint(.mask), .deblur(.kernel): "standard deviation of the noise"
    case .inpaint(.random): "share of the pixels kept"
    case .inpaint(.boxes): "boxes"
    case .superres: "factor"
    case .deblur: "standard deviation in pixels"
    case .cs: "measurements over pixels"
    }
  }
}
