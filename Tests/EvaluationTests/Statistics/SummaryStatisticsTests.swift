import Evaluation
import Testing

@Suite struct SummaryStatisticsTests {
  @Test func quartilesAreNumPys() throws {
    for peer in try StatisticsFixture.load().quartiles {
      let summary = try #require(SummaryStatistics(peer.values))
      #expect(
        close([summary.lowerQuartile, summary.median, summary.upperQuartile], peer.quartiles))
    }
  }

  @Test func aTableCanShowTheMedianWithItsQuartiles() throws {
    let summary = try #require(SummaryStatistics([4, 1, 3, 2]))
    #expect(summary.medianText(digits: 2) == "2.50 [1.75, 3.25]")
  }

  @Test func infiniteFiguresMakeNoNaN() throws {
    let summary = try #require(SummaryStatistics([30, .infinity, 40, .infinity]))
    #expect(summary.lowerQuartile == 37.5)
    #expect(summary.median == .infinity && summary.upperQuartile == .infinity)
    let both = try #require(SummaryStatistics([-.infinity, .infinity]))
    #expect(both.lowerQuartile == -.infinity && both.upperQuartile == .infinity)
    let broken = try #require(SummaryStatistics([1, .nan]))
    #expect(broken.lowerQuartile.isNaN && broken.upperQuartile.isNaN)
  }
}
