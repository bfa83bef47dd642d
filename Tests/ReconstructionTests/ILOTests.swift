import Arrays
import Generators
import Numerics
import TestSupport
import Testing

@testable import Reconstruction

@Suite(.serialized) struct ILOTests {
  private func settings() -> ILOSettings {
    var settings = ILOSettings()
    settings.stages = [4, 4, 6].map { .init(iterations: $0) }
    settings.refinements = 4
    settings.rounds = 2
    settings.encoderRounds = 0
    (settings.misfit, settings.imageWeight, settings.residualIterations) = (0.24, 1, 40)
    return settings
  }

  /// The same from the encoder's answer.
  private func encoderSettings() -> ILOSettings {
    var settings = settings()
    (settings.encoderRounds, settings.rounds) = (2, 1)
    return settings
  }

  @Test(arguments: [1, 2]) func theImageDependsOnNoThreadCount(channels: Int) throws {
    let bench = try ILOBench(rows: 37, columns: 45, channels: channels)
    let method = try ILO(
      weights: bench.weights, settings: channels == 1 ? settings() : encoderSettings())
    let images = try [1, 2].map { threads in
      try withThreads(threads) { try method.reconstruct(bench.problem) { _ in }.image }
    }
    #expect(images[0] == images[1])
  }

  /// With the weights that it chose itself kept, the image is the same to the last bit, and nothing is tried.
  @Test func keptWeightsAreThoseThatWereChosen() throws {
    let bench = try ILOBench(rows: 37, columns: 45, channels: 2)
    let method = try ILO(weights: bench.weights, settings: encoderSettings())
    let own = try method.reconstruct(bench.problem) { _ in }
    let kept = try method.reconstruct(bench.problem, keeping: own.chosen) { _ in }
    #expect(kept.image == own.image)
    #expect(kept.choices.map(\.weight) == own.choices.map(\.weight))
    #expect(
      kept.choices.allSatisfy { $0.candidates.isEmpty && $0.reason.contains("earlier slice") })
    #expect(!own.choices.contains { $0.reason.contains("earlier slice") })
    let other = try method.reconstruct(
      bench.problem,
      keeping: own.chosen.merging(["residual weight": 0.05]) { $1 }
    ) { _ in }
    #expect(other.image != own.image)
  }

  @Test func stagesAreNamedAndProgressRises() throws {
    let bench = try ILOBench(rows: 37, columns: 45)
    var fractions: [Double] = []
    let result = try ILO(weights: bench.weights, settings: settings()).reconstruct(bench.problem) {
      fractions.append($0.fraction)
      #expect($0.misfit.isFinite)
    }
    #expect(fractions == fractions.sorted())
    #expect(fractions.last == 1)
    #expect(
      result.stages.map(\.name) == [
        "wavelets alone", "level 0", "level 1", "level 2", "residual", "level 2, round 2",
        "residual, round 2",
      ])
    #expect(result.stages.last?.image == result.image)
    #expect(result.chosen["residual weight"].map { $0 > 0 } == true)
    #expect((result.seconds["generator"] ?? 0) > 0)
  }

  @Test func theEncoderAnswersBeforeTheStages() throws {
    let bench = try ILOBench(rows: 37, columns: 45, channels: 2)
    var fractions: [Double] = []
    let method = try ILO(weights: bench.weights, settings: encoderSettings())
    let result = try method.reconstruct(bench.problem) { fractions.append($0.fraction) }
    #expect(fractions == fractions.sorted())
    #expect(fractions.last == 1)
    #expect(
      result.stages.map(\.name) == [
        "wavelets alone", "encoder, pass 1", "residual, pass 1", "encoder, pass 2",
        "residual, pass 2", "level 0", "level 1", "level 2", "residual",
      ])
    let drawn = result.stages[5...7].map(\.misfit)
    #expect(drawn == drawn.sorted(by: >), "each stage meets the data better: \(drawn)")
    #expect(result.stages.last?.image == result.image)
  }

  @Test func theEncoderAloneGivesAnImage() throws {
    let bench = try ILOBench(rows: 37, columns: 45, channels: 2)
    var settings = encoderSettings()
    settings.rounds = 0
    let result = try ILO(weights: bench.weights, settings: settings).reconstruct(bench.problem) {
      _ in
    }
    #expect(result.stages.last?.name == "residual, pass 2")
    #expect((result.stages.last?.misfit ?? 1) < 0.1)
  }

  @Test func aThrowingReportEndsTheWork() throws {
    struct Stop: Error {}
    let bench = try ILOBench(rows: 16, columns: 20)
    #expect(throws: Stop.self) {
      try ILO(weights: bench.weights, settings: settings()).reconstruct(bench.problem) { _ in
        throw Stop()
      }
    }
  }

  @Test func defaultStagesFitAnyNumberOfLevels() throws {
    #expect(ILOSettings().stages.map(\.iterations) == [5, 5, 5, 5, 10])
    let method = try ILO(weights: ILOBench.weights(radii: [0.3, 0.3, 0.3]))
    #expect(method.settings.stages.map(\.iterations) == [5, 5, 10])
    #expect(method.account.contains { $0.contains("settings: the defaults") })
  }

  @Test func settingsThatFitNoNetworkAreRefused() throws {
    let weights = ILOBench.weights(radii: [0.3, 0.3, 0.3])
    var wrong = settings()
    wrong.stages = [.init(iterations: 5), .init(iterations: 10)]
    #expect(throws: ReconstructionError.self) { try ILO(weights: weights, settings: wrong) }
    wrong = settings()
    wrong.misfit = 0
    #expect(throws: ReconstructionError.self) { try ILO(weights: weights, settings: wrong) }
    let bare = ILOBench.weights(radii: [])
    #expect(throws: ReconstructionError.self) { try ILO(weights: bare, settings: settings()) }
    var free = settings()
    free.constraint = .none
    #expect(throws: Never.self) { try ILO(weights: bare, settings: free) }
  }

  @Test func theDataAreMetBetterThanByZeros() throws {
    let bench = try ILOBench(rows: 37, columns: 45)
    let result = try ILO(weights: bench.weights, settings: settings()).reconstruct(bench.problem) {
      _ in
    }
    // An untrained generator knows nothing; the residual must still explain the measurements.
    #expect((result.stages.last?.misfit ?? 1) < 0.1)
  }
}
