import Evaluation
import Foundation
import Testing

@Suite struct WilcoxonSignedRankTests {
  @Test func agreesWithSciPy() throws {
    for peer in try StatisticsFixture.load().wilcoxon {
      let test = try #require(WilcoxonSignedRank(differences: peer.differences))
      let name = Comment(rawValue: peer.name)
      #expect(test.used == peer.used && test.pairs == peer.differences.count, name)
      #expect(test.statistic == peer.statistic, name)
      #expect(close(test.pValue, peer.p), name)
      // A small p must agree in its digits too, not only in being small.
      #expect(abs(test.pValue / peer.p - 1) < 1e-9, name)
      #expect(close(test.medianDifference, peer.median), name)
      if let effect = peer.rankBiserial {
        #expect(close(test.rankBiserial, effect), name)
      } else {
        #expect(test.rankBiserial == nil, name)
      }
    }
  }

  @Test func theExactDistributionIsUsedWhereSciPyUsesIt() throws {
    func distribution(_ differences: [Double]) -> WilcoxonSignedRank.Distribution? {
      WilcoxonSignedRank(differences: differences)?.distribution
    }
    let plain = (1...51).map(Double.init)
    #expect(distribution(Array(plain[..<50])) == .exact)
    #expect(distribution(plain) == .normalApproximation)
    #expect(distribution([0] + plain[..<12]) == .exact)
    #expect(distribution([0] + plain[..<13]) == .normalApproximation)
    #expect(distribution([1] + plain[..<13]) == .normalApproximation)
  }

  @Test func swappingTheListsTurnsTheSignsOnly() throws {
    let (first, second) = ([3.0, 1, 4, 1, 5, 9], [2.0, 7, 1, 8, 2, 8])
    let there = try #require(WilcoxonSignedRank(first, second))
    let back = try #require(WilcoxonSignedRank(second, first))
    #expect(there.pValue == back.pValue && there.positiveRankSum == back.negativeRankSum)
    #expect(there.rankBiserial == back.rankBiserial.map { -$0 })
    #expect(there.medianDifference == back.medianDifference.map { -$0 })
  }

  @Test func equalListsGiveOne() throws {
    let test = try #require(
      WilcoxonSignedRank([Double](repeating: 2, count: 20), Array(repeating: 2, count: 20)))
    #expect(test.pValue == 1 && test.used == 0 && test.pairs == 20 && test.medianDifference == 0)
    #expect(test.rankBiserial == nil)
  }

  @Test func infinityRanksHighestAndNaNIsRefused() throws {
    let infinite = try #require(WilcoxonSignedRank(differences: [.infinity, 1, -2]))
    let finite = try #require(WilcoxonSignedRank(differences: [9, 1, -2]))
    #expect(infinite.pValue == finite.pValue && infinite.statistic == finite.statistic)
    // The six means are -2, -0.5, 1 and three times ∞.
    #expect(infinite.medianDifference == .infinity)
    let both = try #require(WilcoxonSignedRank(differences: [.infinity, -.infinity]))
    #expect(both.medianDifference == nil && both.pValue == 1)
    #expect(WilcoxonSignedRank([.infinity, 1], [.infinity, 2]) == nil)
    #expect(WilcoxonSignedRank(differences: []) == nil)
  }
}

@Suite struct HolmCorrectionTests {
  @Test func agreesWithStatsmodels() throws {
    for peer in try StatisticsFixture.load().holm {
      #expect(close(HolmCorrection.adjusted(peer.p), peer.adjusted))
    }
    #expect(HolmCorrection.adjusted([]) == [])
  }
}

@Suite struct BlandAltmanTests {
  @Test func agreesWithTheFormulasInSciPy() throws {
    for peer in try StatisticsFixture.load().blandAltman {
      let result = try #require(
        BlandAltman(peer.first, peer.second, confidence: peer.confidence))
      #expect(result.count == peer.first.count)
      #expect(close(result.bias, peer.bias) && close(result.standardDeviation, peer.sd))
      #expect(close(result.lowerLimit, peer.lower) && close(result.upperLimit, peer.upper))
      for (interval, expected) in [
        (result.biasInterval, peer.biasInterval),
        (result.lowerLimitInterval, peer.lowerInterval),
        (result.upperLimitInterval, peer.upperInterval),
      ] {
        #expect(close([interval.lower, interval.upper], expected))
        #expect(interval.confidence == peer.confidence)
      }
    }
  }

  /// The peak flow example of Bland and Altman, Lancet 327, 1986.
  ///
  /// They give a bias of −2.1 l/min, a standard deviation of 38.8 and an interval of the bias of
  /// −22.0...17.8. Their intervals of the limits, −114.3...−45.1 and 40.9...110.1, are those of the
  /// limits at 2 standard deviations with the rounded error √(3/n)·s: the half width is 34.6, ours
  /// 34.8.
  @Test func agreesWithThePublishedExample() throws {
    let fixture = try StatisticsFixture.load()
    let peer = try #require(fixture.blandAltman.first { $0.name == "peak flow" })
    let result = try #require(BlandAltman(peer.first, peer.second))
    #expect(result.bias.text(digits: 1) == "-2.1")
    #expect(result.standardDeviation.text(digits: 1) == "38.8")
    #expect(result.biasInterval.text(digits: 1) == "[-22.0, 17.8]")
    let width = result.lowerLimitInterval.upper - result.lowerLimitInterval.lower
    #expect(abs(width - (114.3 - 45.1)) < 0.01 * width)
  }

  @Test func degenerateListsAreSaidSo() throws {
    #expect(BlandAltman([1], [2]) == nil)
    #expect(BlandAltman([1, .infinity], [2, 3]) == nil)
    #expect(BlandAltman([1, .nan], [2, 3]) == nil)
    let equal = try #require(BlandAltman([1, 2, 3], [2, 3, 4]))
    #expect(equal.bias == -1 && equal.standardDeviation == 0)
    #expect(equal.upperLimitInterval.lower == -1 && equal.upperLimitInterval.upper == -1)
  }
}
