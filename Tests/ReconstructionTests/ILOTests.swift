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
    return settings
  }

  @Test func theImageDependsOnNoThreadCount() throws {
    let bench = try ILOBench(rows: 37, columns: 45)
    let method = try ILO(weights: bench.weights, settings: settings())
    let images = try [1, 2].map { threads in
      try withThreads(threads) { try method.reconstruct(bench.problem) { _ in }.image }
    }
    #expect(images[0] == images[1])
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

  @Test func aThrowingReportEndsTheWork() throws {
    struct Stop: Error {}
    let bench = try ILOBench(rows: 16, columns: 20)
    #expect(throws: Stop.self) {
      try ILO(weights: bench.weights, settings: settings()).reconstruct(bench.problem) { _ in
        throw Stop()
      }
    }
  }

  @Test func settingsThatFitNoNetworkAreRefused() throws {
    let weights = ILOBench.weights(radii: [0.3, 0.3, 0.3])
    #expect(throws: ReconstructionError.self) { try ILO(weights: weights) }
    var wrong = settings()
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
