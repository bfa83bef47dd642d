import Arrays
import Evaluation
import Foundation
import Testing

@Suite struct BootstrapIntervalTests {
  /// All resamples of three or four patients listed by the fixture: its bounds lie at least 5
  /// standard errors of the 200,000 draws inside a step, so that the draws must give exactly these.
  @Test func tinySamplesGiveTheBoundsOfAllTheirResamples() throws {
    for peer in try StatisticsFixture.load().bootstrap.tiny {
      for seed in 0..<3 {
        let result = try #require(
          BootstrapInterval(
            meanOf: peer.values.map { [$0] }, resamples: 200_000, confidence: peer.confidence,
            stream: RandomStream(seed: UInt64(seed))))
        #expect(close([result.interval.lower, result.interval.upper], peer.bounds))
      }
    }
  }

  /// The random numbers differ from SciPy's: the bounds must agree within 5 standard errors of a
  /// run, which the fixture took from 40 runs of SciPy.
  @Test func largerSamplesAgreeWithSciPyWithinTheErrorOfTheDraws() throws {
    let large = try StatisticsFixture.load().bootstrap.large
    #expect(large.map(\.method) == ["percentile", "BCa"])
    for peer in large {
      let result = try #require(
        BootstrapInterval(
          meanOf: peer.patients, resamples: peer.resamples,
          method: peer.method == "BCa" ? .biasCorrectedAccelerated : .percentile,
          stream: RandomStream(seed: 4)))
      #expect(close(result.estimate, peer.estimate))
      #expect(abs(result.interval.lower - peer.bounds[0]) < 5 * peer.standardError[0])
      #expect(abs(result.interval.upper - peer.bounds[1]) < 5 * peer.standardError[1])
      #expect(result.patients == peer.patients.count && result.resamples == peer.resamples)
    }
  }

  @Test func slicesOfAPatientDoNotAddWeight() throws {
    let few = BootstrapInterval(
      meanOf: [[1, 3], [5], [9, 9]], resamples: 500, stream: RandomStream(seed: 1))
    let many = BootstrapInterval(
      meanOf: [[1, 3, 1, 3, 1, 3], [5], [], [9, 9, 9]], resamples: 500,
      stream: RandomStream(seed: 1))
    #expect(try #require(few).estimate == 16.0 / 3)
    #expect(few == many)
  }

  @Test func theStreamFixesTheResult() {
    let patients = (0..<12).map { [Double($0 * $0)] }
    func interval(seed: UInt64) -> BootstrapInterval? {
      BootstrapInterval(meanOf: patients, resamples: 400, stream: RandomStream(seed: seed))
    }
    #expect(interval(seed: 3) == interval(seed: 3))
    #expect(interval(seed: 3) != interval(seed: 4))
  }

  @Test func anyFigureOfWholePatients() throws {
    let patients = (0..<15).map { [Double($0), Double($0 + 1)] }
    let byMean = try #require(
      BootstrapInterval(meanOf: patients, resamples: 300, stream: RandomStream(seed: 2)))
    let byClosure = try #require(
      BootstrapInterval(of: patients, resamples: 300, stream: RandomStream(seed: 2)) { drawn in
        #expect(drawn.count == 15)
        return drawn.reduce(0) { $0 + ($1[0] + $1[1]) / 2 } / Double(drawn.count)
      })
    #expect(close(byClosure.interval.lower, byMean.interval.lower))
    #expect(close(byClosure.interval.upper, byMean.interval.upper))
  }

  /// Of two patients a quarter of the resamples hold the first one only, a quarter the second.
  @Test func resamplesWithoutAValueAreLeftOutAndCounted() throws {
    let result = try #require(
      BootstrapInterval(of: [1.0, 2], resamples: 4000, stream: RandomStream(seed: 5)) { drawn in
        drawn.contains(2) ? drawn.reduce(0, +) : nil
      })
    #expect(abs(Double(result.resamples) - 3000) < 5 * (4000 * 0.25 * 0.75).squareRoot())
    #expect(result.interval.lower == 3 && result.interval.upper == 4)
    let rare = BootstrapInterval(of: [1.0, 2], resamples: 400, stream: RandomStream(seed: 5)) {
      $0 == [1, 2] ? 1 : nil
    }
    #expect(rare == nil)
  }

  @Test func tooLittleGivesNoInterval() {
    let stream = RandomStream(seed: 1)
    #expect(BootstrapInterval(meanOf: [], stream: stream) == nil)
    #expect(BootstrapInterval(meanOf: [[1, 2, 3]], stream: stream) == nil)
    #expect(BootstrapInterval(meanOf: [[1, 2, 3], []], stream: stream) == nil)
    #expect(BootstrapInterval(meanOf: [[1], [.nan]], stream: stream) == nil)
  }

  @Test func infiniteFiguresReachTheBoundsTheyBelongTo() throws {
    // One patient in twelve: a resample lacks it with the probability (11/12)¹², about 0.35, so
    // that the lower bound is finite and the upper one is not.
    let patients = (0..<11).map { [30 + Double($0)] } + [[.infinity]]
    let result = try #require(
      BootstrapInterval(meanOf: patients, resamples: 2000, stream: RandomStream(seed: 7)))
    #expect(result.estimate == .infinity && result.interval.upper == .infinity)
    #expect((30...40).contains(result.interval.lower))
    #expect(
      BootstrapInterval(
        meanOf: patients, resamples: 2000, method: .biasCorrectedAccelerated,
        stream: RandomStream(seed: 7)) == nil)
    #expect(
      BootstrapInterval(meanOf: [[.infinity], [-.infinity], [0]], stream: RandomStream(seed: 7))
        == nil)
  }

  @Test func equalPatientsGiveAnIntervalOfNoWidthAndNoCorrectedOne() throws {
    let equal = [[2.0], [2], [2]]
    let result = try #require(
      BootstrapInterval(meanOf: equal, resamples: 50, stream: RandomStream(seed: 1)))
    #expect(result.interval.lower == 2 && result.interval.upper == 2)
    #expect(
      BootstrapInterval(
        meanOf: equal, resamples: 50, method: .biasCorrectedAccelerated,
        stream: RandomStream(seed: 1)) == nil)
  }
}
