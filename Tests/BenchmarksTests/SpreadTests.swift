import Benchmarks
import Testing

@Suite struct SpreadTests {
  @Test func quartilesLieBetweenNeighbours() {
    // numpy.quantile([1, 2, 4, 8], [0.25, 0.5, 0.75])
    let spread = Spread([8, 1, 4, 2])
    #expect(spread.lowerQuartile == 1.75)
    #expect(spread.median == 3)
    #expect(spread.upperQuartile == 5)
    #expect(spread.count == 4)
  }

  @Test func oneValueIsItsOwnSpread() {
    let spread = Spread([3])
    #expect([spread.lowerQuartile, spread.median, spread.upperQuartile] == [3, 3, 3])
  }
}
