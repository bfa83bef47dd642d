import Evaluation
import Testing

@testable import Experiments
@testable import Reporting

@Suite struct ConditionSummaryTests {
  /// Seeds, scans and patients of unequal numbers, so that each order of averaging gives another
  /// mean.
  private func uneven() throws -> SweepTables {
    var example = SweepExample(metrics: ["nmse"], methods: ["ilo"], baseline: nil)
    example.add("ilo", scan: "a", patient: "p", seed: "1", achieved: 3, error: 1)
    example.add("ilo", scan: "a", patient: "p", seed: "2", achieved: 4, error: 3)
    example.add("ilo", scan: "b", patient: "p", achieved: 3.5, error: 4)
    example.add("ilo", scan: "c", patient: "q", achieved: 3.5, error: 6)
    return try example.tables()
  }

  @Test func seedsFirstThenScansThenPatients() throws {
    let summary = try #require(try uneven().summaries.first)
    #expect((summary.patients, summary.volumes, summary.slices, summary.seeds) == (2, 3, 3, 2))
    let figures = try #require(summary.metrics.first)
    // The scans: (0.1 + 0.3)/2 = 0.2, 0.4 and 0.6. The patients: 0.3 and 0.6.
    #expect(figures.volumes.count == 3)
    #expect(abs(figures.volumes.mean - 0.4) < 1e-15)
    #expect(abs(try #require(figures.volumes.standardDeviation) - 0.2) < 1e-15)
    #expect(figures.volumes.median == 0.4)
    #expect(abs(figures.volumes.lowerQuartile - 0.3) < 1e-15)
    #expect(figures.patients == 2)
    #expect(abs(figures.patientMean - 0.45) < 1e-15)
    // Two patients are drawn as 0.3, 0.45 or 0.6 on average: a quarter of the draws at each end.
    let interval = try #require(figures.interval)
    #expect(abs(interval.lower - 0.3) < 1e-15)
    #expect(abs(interval.upper - 0.6) < 1e-15)
    #expect(summary.achievedAcceleration?.mean == 3.5)
    #expect(summary.achievedAcceleration?.minimum == 3)
    #expect(summary.achievedAcceleration?.maximum == 4)
  }

  @Test func onePatientHasNoInterval() throws {
    var example = SweepExample(metrics: ["nmse"])
    for scan in ["a", "b"] {
      example.add("zero-filled", scan: scan, patient: "p", error: 2)
      example.add("ilo", scan: scan, patient: "p", error: 1)
    }
    let tables = try example.tables()
    #expect(tables.summaries.allSatisfy { $0.metrics.allSatisfy { $0.interval == nil } })
    // Mean of patients, then no bounds and no confidence.
    #expect(tables.summaryData.text.contains(",0.1,,,,,simulated"))
  }

  @Test func whatAMethodLacksIsLeftOutAndNamed() throws {
    var example = SweepExample(metrics: ["nmse"], methods: ["zero-filled", "ilo", "tv"])
    for scan in ["a", "b", "c"] {
      for slice in 0..<2 {
        example.add("zero-filled", scan: scan, slice: slice, error: 2)
        // The method fails on scan b and on the second slice of c.
        if scan == "a" || (scan == "c" && slice == 0) {
          example.add("ilo", scan: scan, slice: slice, error: 1)
        }
      }
    }
    let tables = try example.tables()
    #expect(tables.summaries.map(\.method) == ["zero-filled", "ilo", "tv"])
    #expect(tables.summaries.map(\.volumes) == [3, 1, 0])
    #expect(
      tables.summaries.map(\.note) == [
        "", "lacks b; leaves out incomplete c (1 of 2 slices)", "lacks a, b, c",
      ])
    #expect(tables.comparisons.map(\.pairs.count) == [1, 0])
    // Readers see it too: n, and the note.
    let text = tables.summaryMarkdown
    #expect(text.contains("| ilo | 1 | 1 | 0.1000 |"))
    #expect(text.contains("| tv | 0 | 0 | – |"))
    #expect(text.contains("ilo lacks b; leaves out incomplete c (1 of 2 slices)."))
  }

  @Test func seedsAreNamedWhereAScanHasSeveral() throws {
    var example = SweepExample(metrics: ["nmse"])
    for seed in ["1", "2"] { example.add("zero-filled", scan: "a", seed: seed, error: 2) }
    example.add("ilo", scan: "a", seed: "1", error: 2)
    let summaries = try example.tables().summaries
    #expect(summaries.map(\.note) == ["", "lacks a of seed 2"])
    #expect(summaries.map(\.seeds) == [2, 1])
  }

  @Test func orderFollowsTheProtocolAndNotTheRows() throws {
    var example = SweepExample(metrics: ["nmse"], methods: ["b", "a"])
    for region in ["box:z", "box:a", "foreground", "image"] {
      for acceleration in [8.0, 4] {
        for method in ["a", "b"] {
          example.add(method, scan: "s", acceleration: acceleration, region: region, error: 1)
        }
      }
    }
    let tables = try example.tables()
    #expect(
      tables.groups.map { "\($0.region) \($0.acceleration)" } == [
        "image 4.0", "image 8.0", "foreground 4.0", "foreground 8.0", "box:a 4.0", "box:a 8.0",
        "box:z 4.0", "box:z 8.0",
      ])
    #expect(tables.summaries.prefix(2).map(\.method) == ["b", "a"])
  }

  @Test func anExactImageMakesTheMeanInfiniteAndLeavesTheMedian() throws {
    var example = SweepExample(metrics: ["psnr"], methods: ["ilo"], baseline: nil)
    // 4 / (error/4) of 10, 100 and ∞: 10 dB, 20 dB, ∞.
    for (scan, error) in [("a", 1.6), ("b", 0.16), ("c", 0)] {
      example.add("ilo", scan: scan, error: error)
    }
    let figures = try #require(try example.tables().summaries.first?.metrics.first)
    #expect(figures.volumes.mean == .infinity)
    #expect(figures.volumes.standardDeviation == nil)
    #expect(figures.volumes.median == 20)
    #expect(figures.volumes.upperQuartile == .infinity)
  }
}
