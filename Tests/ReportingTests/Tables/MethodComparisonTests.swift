import Evaluation
import Testing

@testable import Experiments
@testable import Reporting

@Suite struct MethodComparisonTests {
  /// Six patients; at 4x the method's NMSE is lower for all by different amounts, at 8x for five.
  private func sixPatients() throws -> SweepTables {
    var example = SweepExample(metrics: ["nmse"])
    for patient in 1...6 {
      for acceleration in [4.0, 8] {
        let gain = acceleration == 8 && patient == 1 ? -0.5 : Double(patient)
        example.add("zero-filled", scan: "\(patient)", acceleration: acceleration, error: 8)
        example.add("ilo", scan: "\(patient)", acceleration: acceleration, error: 8 - gain)
      }
    }
    return try example.tables()
  }

  @Test func testAndHolmByHand() throws {
    let comparisons = try sixPatients().comparisons
    #expect(comparisons.map(\.method) == ["ilo", "ilo"])
    #expect(comparisons.map(\.pairs.count) == [6, 6])
    #expect(comparisons.map(\.better) == [6, 5])
    #expect(comparisons.map(\.worse) == [0, 1])
    // All six signs alike: 2 of 64 assignments. The least rank against the rest: 4 of 64.
    #expect(comparisons.map(\.test?.pValue) == [0.03125, 0.0625])
    // Both tests are one family: twice the lesser one, and once the greater one.
    #expect(comparisons.map(\.family) == [2, 2])
    #expect(comparisons.map(\.adjustedP) == [0.0625, 0.0625])
    #expect(abs(try #require(comparisons[0].meanDifference) + 0.35) < 1e-15)
    #expect(abs(try #require(comparisons[0].test?.medianDifference) + 0.35) < 1e-15)
    let agreement = try #require(comparisons[0].agreement)
    // Differences of 0.1 to 0.6: variance 0.035.
    #expect(abs(agreement.bias + 0.35) < 1e-15)
    #expect(abs(agreement.upperLimit - (-0.35 + 1.96 * 0.035.squareRoot())) < 1e-15)
  }

  @Test func familiesAreOneMetricInOneRegion() throws {
    let tables = try SweepExample.study(patients: 4, slices: 1, methods: 3).tables()
    #expect(tables.comparisons.count == 2 * 2 * 3 * 2)
    #expect(tables.comparisons.allSatisfy { $0.family == 2 * 2 })
    let family = tables.comparisons.filter { $0.metric == .ssim && $0.group.region == "image" }
    let adjusted = HolmCorrection.adjusted(family.compactMap { $0.test?.pValue })
    #expect(family.map(\.adjustedP) == adjusted.map { $0 })
  }

  @Test func scansOfAPatientAreOnePairAndOnlyCommonOnesCount() throws {
    var example = SweepExample(metrics: ["nmse"])
    for (scan, patient) in [("a", "p"), ("b", "p"), ("c", "q"), ("d", "q")] {
      example.add("zero-filled", scan: scan, patient: patient, error: scan == "d" ? 9 : 5)
    }
    for (scan, patient, error) in [("a", "p", 4.0), ("b", "p", 2.0), ("c", "q", 6.0)] {
      example.add("ilo", scan: scan, patient: patient, error: error)
    }
    let comparison = try #require(try example.tables().comparisons.first)
    #expect(comparison.volumes == 3)
    #expect(comparison.pairs.map(\.patient) == ["p", "q"])
    #expect(comparison.pairs.map(\.baseline) == [0.5, 0.5])
    for (pair, difference) in zip(comparison.pairs, [-0.2, 0.1]) {
      #expect(abs(pair.difference - difference) < 1e-15)
    }
    #expect((comparison.better, comparison.worse) == (1, 1))
  }

  @Test func onePatientIsNotTested() throws {
    var example = SweepExample(metrics: ["nmse"])
    example.add("zero-filled", scan: "a", error: 2)
    example.add("ilo", scan: "a", error: 1)
    let tables = try example.tables()
    let comparison = try #require(tables.comparisons.first)
    #expect(comparison.meanDifference == -0.1)
    #expect(comparison.interval == nil)
    #expect(comparison.test == nil)
    #expect(comparison.adjustedP == nil)
    #expect(comparison.agreement == nil)
    #expect(comparison.family == 0)
    let line = "ilo,zero-filled,1,1,-0.1,,,,,,,,,0,1,0,"
    #expect(tables.comparisonsData.text.contains(line))
  }

  @Test func exactImagesOfBothMethodsDoNotDiffer() throws {
    var example = SweepExample(metrics: ["psnr"])
    for (scan, error) in [("a", 0.0), ("b", 0.0), ("c", 0.16)] {
      example.add("zero-filled", scan: scan, error: scan == "b" ? 1.6 : error)
      example.add("ilo", scan: scan, error: error)
    }
    let comparison = try #require(try example.tables().comparisons.first)
    #expect(comparison.pairs.map(\.difference) == [0, .infinity, 0])
    #expect(comparison.meanDifference == .infinity)
    #expect((comparison.better, comparison.worse) == (1, 0))
    #expect(comparison.agreement == nil)
    #expect(comparison.test?.used == 1)
  }

  @Test func infiniteDifferencesOfBothSignsHaveNoMean() throws {
    var example = SweepExample(metrics: ["psnr"])
    for scan in ["a", "b"] {
      example.add("zero-filled", scan: scan, error: scan == "a" ? 0 : 1)
      example.add("ilo", scan: scan, error: scan == "a" ? 1 : 0)
    }
    let tables = try example.tables()
    #expect(tables.comparisons.map(\.meanDifference) == [nil])
    #expect(tables.comparisons.map(\.interval) == [nil])
    for data in [tables.summaryData, tables.comparisonsData, tables.agreementData] {
      #expect(!data.text.contains("nan"))
    }
    #expect(!tables.summaryMarkdown.contains("NaN"))
  }

  @Test func withoutABaselineNothingIsCompared() throws {
    var example = SweepExample.study(patients: 2, slices: 1, methods: 2)
    example.baseline = nil
    let tables = try example.tables()
    #expect(tables.comparisons.isEmpty)
    #expect(!tables.summaryMarkdown.contains("Holm"))
    #expect(tables.comparisonsData.rows.isEmpty)
  }
}
