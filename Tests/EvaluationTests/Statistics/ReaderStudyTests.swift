import Arrays
import Evaluation
import Testing

@Suite struct KappaTests {
  @Test func agreesWithScikitLearn() throws {
    for peer in try StatisticsFixture.load().kappa {
      for (weights, expected) in [
        (WeightedKappa.Weights.linear, peer.linear), (.quadratic, peer.quadratic),
      ] {
        var values: [Double] = []
        let readers = peer.scores[0].count
        for first in 0..<readers {
          for second in (first + 1)..<max(readers, first + 1) {
            let kappa = try #require(
              WeightedKappa(
                peer.scores.map { $0[first] }, peer.scores.map { $0[second] }, weights: weights))
            #expect(kappa.cases == peer.scores.count)
            values.append(kappa.value)
          }
        }
        #expect(close(values, expected), "\(peer.name), \(weights)")
        let all = try #require(PairwiseKappa(peer.scores, weights: weights))
        #expect(close(all.mean, expected.reduce(0, +) / Double(expected.count)))
        #expect(close(all.minimum, expected.min() ?? .nan))
        #expect(close(all.maximum, expected.max() ?? .nan))
        #expect(all.pairs == expected.count && all.pairsWithoutValue == 0)
      }
    }
  }

  @Test func missingScoresAreLeftOut() throws {
    let whole = try #require(WeightedKappa([1, 2, 3, 2], [1, 3, 3, 1]))
    let holed = try #require(WeightedKappa([1, nil, 2, 3, 2, 5], [1, 4, 3, 3, 1, nil]))
    #expect(whole == holed && holed.cases == 4)
  }

  @Test func oneScoreForAllGivesNoKappa() throws {
    #expect(WeightedKappa([3, 3], [3, 3]) == nil)
    #expect(WeightedKappa([nil, 3], [3, nil]) == nil)
    #expect(WeightedKappa([3, 3], [4, 4])?.value == 0)
    #expect(WeightedKappa([1, 2, 5], [1, 2, 5])?.value == 1)
    #expect(PairwiseKappa([]) == nil && PairwiseKappa([[1], [2]]) == nil)
    // Readers 0 and 1 gave one score to the cases they share; the two other pairs have a kappa.
    let partial = try #require(PairwiseKappa([[3, 3, 3], [3, 3, 4], [nil, 3, 3]]))
    #expect(partial.pairs == 2 && partial.pairsWithoutValue == 1)
  }
}

@Suite struct IntraclassCorrelationTests {
  @Test func agreesWithPingouin() throws {
    for peer in try StatisticsFixture.load().icc {
      let result = try #require(IntraclassCorrelation(peer.scores))
      #expect(result.cases == peer.scores.count && result.readers == peer.scores[0].count)
      #expect(close(result.single, peer.single) && close(result.average, peer.average))
      let single = try #require(result.singleInterval)
      let average = try #require(result.averageInterval)
      #expect(close([single.lower, single.upper], peer.singleInterval))
      #expect(close([average.lower, average.upper], peer.averageInterval))
    }
  }

  /// Shrout and Fleiss, Psychological Bulletin 86(2), 1979, table 4: ICC(2,1) = .29 and
  /// ICC(2,4) = .62.
  @Test func agreesWithThePublishedTable() throws {
    let fixture = try StatisticsFixture.load()
    let peer = try #require(fixture.icc.first { $0.name == "Shrout and Fleiss" })
    let result = try #require(IntraclassCorrelation(peer.scores))
    #expect(result.single.text(digits: 2) == "0.29")
    #expect(result.average?.text(digits: 2) == "0.62")
  }

  @Test func missingScoresLeaveTheirCaseOut() throws {
    let whole = try #require(IntraclassCorrelation([[1, 2], [4, 4], [5, 3]]))
    let holed = try #require(
      IntraclassCorrelation([[1, 2], [nil, 3], [4, 4], [5, 3], [.nan, 1]]))
    #expect(whole == holed && holed.cases == 3)
  }

  @Test func degenerateTablesAreSaidSo() throws {
    #expect(IntraclassCorrelation([]) == nil)
    #expect(IntraclassCorrelation([[1, 2]]) == nil)
    #expect(IntraclassCorrelation([[1], [2]]) == nil)
    #expect(IntraclassCorrelation([[3, 3], [3, 3]]) == nil)
    #expect(IntraclassCorrelation([[3, .infinity], [3, 3]]) == nil)
    let full = try #require(IntraclassCorrelation([[1, 1], [4, 4], [2, 2]]))
    #expect(full.single == 1 && full.average == 1)
    #expect(full.singleInterval == nil && full.averageInterval == nil)
    // The cases' means are equal: the single score has a negative value, the mean score none.
    let reversed = try #require(IntraclassCorrelation([[1, 3], [3, 1], [2, 2]]))
    #expect(reversed.single < 0 && reversed.average == nil && reversed.averageInterval == nil)
  }
}

@Suite struct RankTests {
  @Test func friedmanAndMeanRanksAgreeWithSciPy() throws {
    for peer in try StatisticsFixture.load().friedman {
      let test = try #require(FriedmanTest(peer.blocks))
      #expect(close(test.statistic, peer.statistic) && close(test.pValue, peer.p))
      #expect(test.blocks == peer.blocks.count && test.methods == peer.blocks[0].count)
      let ranks = try #require(
        MeanRanks(peer.blocks.map { [$0] }, resamples: 100, stream: RandomStream(seed: 1)))
      #expect(close(ranks.means, peer.meanRanks))
      // Ranking again the ranks of single readings changes nothing but the direction.
      let again = try #require(FriedmanTest(ranks.caseRanks))
      #expect(close(again.statistic, peer.statistic))
    }
  }

  @Test func friedmanOfDegenerateBlocks() throws {
    let equal = try #require(FriedmanTest([[1, 1, 1], [2, 2, 2]]))
    #expect(equal.statistic == 0 && equal.pValue == 1)
    #expect(FriedmanTest([]) == nil)
    #expect(FriedmanTest([[1, 2, 3]]) == nil)
    #expect(FriedmanTest([[1, 2], [2, 1]]) == nil)
    let holed = try #require(FriedmanTest([[1, 2, 3], [nil, 1, 2], [3, 1, 2], [1, .nan, 2]]))
    #expect(holed == FriedmanTest([[1, 2, 3], [3, 1, 2]]) && holed.blocks == 2)
  }

  @Test func aCaseReadMoreOftenDoesNotWeighMore() throws {
    let cases: [[[Double?]]] = [
      [[5, 3, 1], [5, 3, 1], [5, nil, 1]],
      [[1, 5, 3]],
    ]
    let ranks = try #require(MeanRanks(cases, resamples: 200, stream: RandomStream(seed: 1)))
    #expect(ranks.means == [2, 1.5, 2.5])
    #expect(ranks.cases == 2 && ranks.readings == 3 && ranks.incompleteReadings == 1)
    let intervals = try #require(ranks.intervals)
    #expect(intervals.map(\.estimate) == ranks.means)
    #expect(intervals[0].interval.lower == 1 && intervals[0].interval.upper == 3)
    let lower = try #require(
      MeanRanks(cases, higherIsBetter: false, resamples: 200, stream: RandomStream(seed: 1)))
    #expect(lower.means == [2, 2.5, 1.5])
  }

  @Test func tooFewCasesOrMethods() throws {
    let stream = RandomStream(seed: 1)
    let one = try #require(MeanRanks([[[4, 4]]], stream: stream))
    #expect(one.means == [1.5, 1.5] && one.intervals == nil)
    #expect(MeanRanks([], stream: stream) == nil)
    #expect(MeanRanks([[[1]], [[2]]], stream: stream) == nil)
    #expect(MeanRanks([[[1, nil]]], stream: stream) == nil)
  }
}

@Suite struct NonInferiorityTests {
  private func verdict(_ differences: [[Double]], margin: Double) -> NonInferiority.Verdict? {
    NonInferiority(
      differences: differences, margin: margin, resamples: 2000, stream: RandomStream(seed: 9)
    )?.verdict
  }

  @Test func theVerdictFollowsTheInterval() throws {
    let differences = (0..<30).map { [Double($0 % 3) - 1.2, Double($0 % 2) - 0.7] }
    let test = try #require(
      NonInferiority(differences: differences, margin: 0.5, stream: RandomStream(seed: 9)))
    let bounds = test.difference.interval
    #expect(close(test.difference.estimate, -0.2))
    #expect(bounds.lower < -0.2 && bounds.upper > -0.2 && bounds.confidence == 0.95)
    // The interval of 95 % is estimate ± 1.96 standard errors but for the tails of 30 cases.
    let means = differences.map { ($0[0] + $0[1]) / 2 }
    let error = try #require(SummaryStatistics(means)?.standardDeviation) / 30.0.squareRoot()
    #expect(abs(bounds.lower - (-0.2 - 1.96 * error)) < 0.15 * error)
    #expect(verdict(differences, margin: 0.5) == .nonInferior)
    #expect(verdict(differences, margin: 0.2) == .inconclusive)
    #expect(verdict(differences.map { $0.map { $0 - 1 } }, margin: 0.5) == .inferior)
  }

  @Test func degenerateCases() {
    #expect(verdict([[1, 2, 3]], margin: 1) == nil)
    #expect(verdict([[1], []], margin: 1) == nil)
    #expect(verdict([[1], [.nan]], margin: 1) == nil)
    #expect(verdict([[0], [0]], margin: 1) == .nonInferior)
    // On the margin itself the loss is not less than the margin.
    #expect(verdict([[-1], [-1]], margin: 1) == .inconclusive)
  }
}
