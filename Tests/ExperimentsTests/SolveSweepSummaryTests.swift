import Evaluation
import Testing

@testable import Experiments

@Suite struct SolveSweepSummaryTests {
  /// Nine values of three subjects; the interval is that of drawn subjects, and wider than of single values.
  @Test func figures() throws {
    let values = [[1.0, 1.1, 0.9], [2.0, 2.1, 1.9], [3.0, 3.1, 2.9]]
    let figure = SolveSweepSummary.figure(values)
    #expect(abs(figure.mean - 2) < 1e-12)
    // 3 (0 + 2 · 0.01) + 6 · 1, over 8.
    #expect(abs(try #require(figure.deviation) - (6.06 / 8).squareRoot()) < 1e-12)
    let interval = try #require(figure.interval)
    // All three draws of the first or last subject have the chance 1/27, more than 2.5 %.
    #expect(abs(interval.lower - 1) < 1e-9 && abs(interval.upper - 3) < 1e-9)
    #expect(SolveSweepSummary.figure([[1, 2]]).interval == nil)
    #expect(SolveSweepSummary.figure([[1]]).deviation == nil)
  }
}
