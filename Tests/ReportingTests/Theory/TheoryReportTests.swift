import Foundation
import TestSupport
import Testing

@testable import Experiments
@testable import Reporting

@Suite struct TheoryReportTests {
  /// Two numbers of measurements, and figures such as a run has.
  static func result(error: Double = 0.3) -> TheoryResult {
    var settings = TheorySettings()
    (settings.images, settings.radii) = (1, [0, 1])
    func recovery(_ count: Int, _ factor: Double?, _ error: Double) -> RadiusCheck.Row {
      RadiusCheck.Row(
        image: 0, measurements: count, radiusFactor: factor, radius: factor.map { 10 * $0 },
        sum: 4, misfit: 0.1, error: error, bestError: 0.05, bestMisfit: 0.02,
        gamma: factor == 1 ? 0.5 : nil, bound: factor.map { _ in 0.6 },
        theoremBound: factor.map { _ in 0.8 })
    }
    return TheoryResult(
      settings: settings, generator: "a <generator>", latents: 3, features: 8, pixels: 100,
      radius: 10,
      projection: [
        ProjectionCheck.Row(
          count: 10, radiusShare: 0.5, leastMargin: 0.01, optimalityGap: 1e-7, excess: -1e-8,
          secondMove: 0)
      ],
      maurey: [1, 2].map {
        MaureyCheck.Row(
          kind: "equal", atoms: $0, error: 0.5, expected: 0.5, least: 0.4, bound: 0.7,
          bestTerms: 0.2)
      },
      recovery: [20, 40].flatMap {
        [recovery($0, 0, 0.4), recovery($0, 1, error), recovery($0, nil, 0.5)]
      },
      isometry: [20, 40].map {
        IsometryCheck.Row(
          ensemble: .gaussian, measurements: $0, leastRandom: 0.8, medianRandom: 1,
          gamma: Double($0) / 100, gammaSmallDelta: 0.6, gammaLargeDelta: 0.7)
      },
      continuity: [
        ContinuityCheck.Row(stage: 1, last: 5, first: 5, end: 4, misfit: 2, cutMisfit: 2)
      ], seconds: 1)
  }

  @Test func thePageHasVerdictsChartsAndFigures() throws {
    let report = try TheoryReport(Self.result())
    let html = report.html
    #expect(html.hasPrefix("<!DOCTYPE html>") && html.hasSuffix("</html>\n"))
    #expect(!html.contains("{{") && !html.contains("nan"))
    #expect(html.components(separatedBy: "<svg ").count == 7)
    for words in [
      "a &lt;generator&gt;", "falls with the radius", "Best radius", "theorem_bound",
      "partial circulant", "1.0e-07",
    ] { #expect(html.contains(words), "\(words)") }
    #expect(try TheoryReport(Self.result()).html == html)
  }

  @Test func verdictsFollowTheFigures() {
    func outcomes(_ result: TheoryResult) -> [String] { result.verdicts.map(\.outcome.rawValue) }
    var result = Self.result()
    #expect(outcomes(result) == Array(repeating: "holds", count: 6))
    #expect(result.bestFactors.map(\.factor) == [1, 1])
    // No ball is best, and errors are above the bound.
    result = Self.result(error: 0.7)
    #expect(outcomes(result)[4] == "partly")
    #expect(outcomes(Self.result(error: 0.9))[4] == "fails")
    result = Self.result(error: 0.3)
    for index in result.recovery.indices where result.recovery[index].radiusFactor == nil {
      result.recovery[index].error = 0.1
    }
    #expect(outcomes(result)[2] == "fails")
    result.isometry[1].gamma = 0.01
    #expect(outcomes(result)[3] == "fails")
    result.continuity[0].first = 6
    #expect(outcomes(result)[5] == "fails")
    result.projection[0].leastMargin = -0.1
    #expect(outcomes(result)[0] == "fails")
    result.maurey[1].error = 0.9
    #expect(outcomes(result)[1] == "fails")
  }

  @Test func aFolderGetsAllFilesAndKeepsForeignOnes() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/theory"
    for _ in 0..<2 { try TheoryReport(Self.result()).write(to: path) }
    let names = try FileManager.default.contentsOfDirectory(atPath: path)
    #expect(names.count == 13)
    let json = try JSONDecoder().decode(
      TheoryResult.self, from: Data(contentsOf: URL(fileURLWithPath: path + "/theory.json")))
    #expect(json == Self.result())
    let svg = try String(contentsOfFile: path + "/recovery.svg", encoding: .utf8)
    #expect(svg.hasPrefix("<svg xmlns=") && svg.hasSuffix("</svg>\n"))
    try Data().write(to: URL(fileURLWithPath: path + "/own.txt"))
    #expect(throws: ExperimentError.self) { try TheoryReport(Self.result()).write(to: path) }
    #expect(try FileManager.default.contentsOfDirectory(atPath: path).count == 14)
  }
}
