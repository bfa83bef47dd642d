import Evaluation
import Foundation
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

@testable import Experiments
@testable import Reporting

/// The elements of an SVG text, which must be well-formed XML.
private func elements(_ svg: String) throws -> [String: Int] {
  final class Counter: NSObject, XMLParserDelegate {
    var counts: [String: Int] = [:]
    func parser(
      _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
      qualifiedName: String?, attributes: [String: String]
    ) { counts[name, default: 0] += 1 }
  }
  let (parser, counter) = (XMLParser(data: Data(svg.utf8)), Counter())
  parser.delegate = counter
  try #require(parser.parse(), "\(String(describing: parser.parserError))")
  return counter.counts
}

@Suite struct ChartTests {
  private static let hostile = "</title><script>alert(1)</script>\"'&"

  private static func content(patients: Int) throws -> ReportContent {
    var example = SweepExample.study(patients: patients, slices: 2, methods: 3)
    let renamed = [Self.hostile, "method 1", "method 2"]
    example.methods = renamed
    example.baseline = "method 1"
    for index in example.rows.indices where example.rows[index].condition.method == "method 0" {
      example.rows[index].condition.method = Self.hostile
    }
    return ReportContent(example)
  }

  @Test func chartsAreWellFormedAndTheSameEachTime() throws {
    let section = ChartSection(try Self.content(patients: 5))
    let again = ChartSection(try Self.content(patients: 5))
    let figures = section.accelerations + section.distributions + section.agreements
    let repeated = again.accelerations + again.distributions + again.agreements
    // Two regions and three metrics; agreement of two methods with the baseline.
    #expect(section.accelerations.count == 6 && section.distributions.count == 6)
    #expect(section.agreements.count == 12)
    #expect(figures.map(\.svg) == repeated.map(\.svg))
    for figure in figures {
      let counts = try elements(figure.svg)
      #expect(counts["svg"] == 1 && counts["script"] == nil)
    }
  }

  @Test func aMarkStandsForEachFigure() throws {
    let section = ChartSection(try Self.content(patients: 5))
    // Two accelerations, three methods, five scans of averaged seeds: each mark has a hint.
    let distribution = try #require(section.distributions.first)
    let hints = distribution.svg.components(separatedBy: "method 1: ").count - 1
    #expect(hints == 10)
    let agreement = try #require(section.agreements.first)
    #expect(agreement.svg.components(separatedBy: "<title>p").count - 1 == 10)
  }

  @Test func intervalsShowOnlyWhereThereAreSome() throws {
    let many = try #require(ChartSection(try Self.content(patients: 5)).accelerations.first)
    let one = ChartSection(try Self.content(patients: 1))
    #expect(many.svg.contains("fill-opacity=\"0.13\""))
    #expect(try #require(one.accelerations.first).svg.contains("fill-opacity=\"0.13\"") == false)
    #expect(one.agreements.isEmpty && !one.hasAgreements)
  }

  @Test func higherFiguresStandHigher() throws {
    let styles = MethodStyles(methods: ["a"], main: "a")
    let chart = AccelerationChart(
      panels: [
        .init(
          title: "random",
          series: [
            .init(
              method: "a",
              points: [
                .init(acceleration: 8, value: 20, interval: nil),
                .init(acceleration: 2, value: 40, interval: nil),
                .init(acceleration: 4, value: .infinity, interval: nil),
              ])
          ])
      ], metric: .psnr, styles: styles, label: "x")
    let line = try #require(
      chart.svg.firstMatch(
        of:
          /d="M([\d.]+) ([\d.]+)L([\d.]+) ([\d.]+)" fill="none" stroke="#D55E00" stroke-width="1.8"/
      ))
    let numbers = try [line.1, line.2, line.3, line.4].map { try #require(Double($0)) }
    // From left to right by acceleration, though given the other way; the infinite one left out.
    #expect(numbers[0] < numbers[2] && numbers[1] < numbers[3])
  }
}
