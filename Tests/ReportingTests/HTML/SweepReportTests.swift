import Evaluation
import Foundation
import TestSupport
import Testing

@testable import Experiments
@testable import Reporting

@Suite struct SweepReportTests {
  private static func study(patients: Int = 3) -> SweepExample {
    SweepExample.study(patients: patients, slices: 3, methods: 3)
  }

  @Test func theSameResultsGiveTheSameBytes() throws {
    let first = try SweepReport(ReportContent(Self.study())).html
    #expect(try SweepReport(ReportContent(Self.study())).html == first)
    #expect(first.hasPrefix("<!DOCTYPE html>") && first.hasSuffix("</html>\n"))
    #expect(!first.contains("{{"))
  }

  @Test func nothingOutsideTheFileIsNamed() throws {
    let html = try SweepReport(ReportContent(Self.study())).html
    let sources = html.matches(of: /(?:src|href)="([^"]*)"/).map { String($0.1) }
    #expect(sources.count > 50)
    #expect(sources.allSatisfy { $0.hasPrefix("data:") || $0.hasPrefix("#") })
    #expect(!html.contains("url(") && !html.contains("@import") && !html.contains("http://"))
  }

  @Test(arguments: [
    "<script>alert(1)</script>", "\" onload=\"alert(1)", "' x='", "\"\u{301} onload=alert(1) \"",
    "</style><img src=x>", "</title><b>", "{{title}}", "&lt;",
  ])
  func hostileNamesStayWords(name: String) throws {
    var example = Self.study()
    example.title = name
    example.failures = [
      SweepResults.Failure(
        job: "j", scan: name, slices: [0], method: name, mask: name, acceleration: 4, seed: name,
        reason: name)
    ]
    for index in example.rows.indices {
      let condition = example.rows[index].condition
      example.rows[index].condition.scan += name
      example.rows[index].condition.mask = name
      example.rows[index].condition.contrast = name
      example.rows[index].region = example.rows[index].region == "image" ? "image" : "box: \(name)"
      if condition.method == "method 1" { example.rows[index].condition.method = name }
    }
    example.methods = ["method 0", name, "method 2"]
    let html = try SweepReport(
      ReportContent(example, description: name) { record in
        record.dataset.title = name
        record.dataset.note = name
        record.dataset.licence = name
        record.methods[1].settings = .object([name: .text(name)])
      }
    ).html
    func count(_ part: String) -> Int { html.components(separatedBy: part).count - 1 }
    #expect(count("<script") == 1 && count("</script") == 1 && count("</style") == 1)
    #expect(count("</title><b>") == 0 && count("<img src=x>") == 0 && count("<b>") == count("</b>"))
    // A parser goes by scalars: what is no value of an attribute must hold no attribute of the name.
    let bare = html.replacing(/="[^"]*"/.matchingSemantics(.unicodeScalar), with: "=")
    let planted = /<[a-z][^<>]*onload/.matchingSemantics(.unicodeScalar)
    let isPlanted = bare.firstMatch(of: planted) != nil
    #expect(!isPlanted)
    let isShown = html.contains(SVG.escaped(name))
    #expect(isShown)
  }

  @Test func figuresAreThoseOfTheTables() throws {
    let content = ReportContent(Self.study())
    let html = try SweepReport(content).html
    for summary in content.tables.summaries {
      for figures in summary.metrics {
        let digits = FigureText.digits(figures.metric, in: content.summaries(summary.group))
        #expect(html.contains(figures.volumes.text(digits: digits)))
        let interval = try #require(figures.interval)
        #expect(html.contains(FigureText.interval(interval, digits: digits)))
      }
    }
    for comparison in content.tables.comparisons {
      let p = PrintedNumber.p(try #require(comparison.adjustedP))
      #expect(html.contains("p = \(p); better in \(comparison.better) of 3"))
    }
  }

  @Test func onePatientHasNoIntervalsAndTheReportSaysSo() throws {
    let html = try SweepReport(ReportContent(Self.study(patients: 1))).html
    #expect(html.contains("1 patient with 1 scan"))
    #expect(html.contains("One patient: no confidence interval and no test is possible"))
    #expect(html.contains("no interval") && !html.contains("exploratory"))
    #expect(!html.contains("Bland and Altman"))
  }

  @Test func imagesThatWereNotKeptAreNotShown() throws {
    let images = ExampleImages(areKept: false)
    let content = ReportContent(Self.study(), images: images) { $0.keepsImages = false }
    let html = try SweepReport(content).html
    #expect(html.contains("Images were not kept in this run") && !html.contains("<article"))
    let lost = try SweepReport(ReportContent(Self.study(), images: images)).html
    #expect(lost.contains("no longer in its folder") && !lost.contains("<article"))
  }

  @Test func failuresAndMissingJobsAreNamed() throws {
    var example = Self.study()
    example.failures = [
      SweepResults.Failure(
        job: "j", scan: "p0s0", slices: [0, 1], method: "method 2", mask: "random",
        acceleration: 8, seed: "1", reason: "the calibration region is too small")
    ]
    let content = ReportContent(example, jobsDone: 30)
    let html = try SweepReport(content).html
    #expect(html.contains("<td>the calibration region is too small</td>"))
    let missing = content.record.jobs - 31
    #expect(html.contains("30 of \(content.record.jobs) jobs done, 1 failed, \(missing) missing."))
    #expect(html.contains("The run is not complete"))
  }

  @Test func thePriorsMapShowsOnlyWhereThereIsOne() throws {
    let with = try SweepReport(
      ReportContent(Self.study(), images: ExampleImages(hasPrior: true))
    ).html
    let without = try SweepReport(ReportContent(Self.study())).html
    #expect(with.contains("class=\"prior\"") && with.contains("Third picture of a method"))
    #expect(!without.contains("class=\"prior\"") && !without.contains("Third picture of a method"))
  }

  @Test func theFileIsWrittenWholeOrNotAtAll() throws {
    let report = try SweepReport(ReportContent(Self.study()))
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/report.html"
    try report.write(to: path)
    #expect(try String(contentsOfFile: path, encoding: .utf8) == report.html)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["report.html"])
    #expect(throws: OutputFileError.self) {
      try report.write(to: "\(folder.path)/none/report.html")
    }
  }
}
