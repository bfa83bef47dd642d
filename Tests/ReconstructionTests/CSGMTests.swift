import Arrays
import Generators
import Numerics
import TestSupport
import Testing

@testable import Reconstruction

@Suite struct CSGMTests {
  private func settings() -> CSGMSettings {
    var settings = CSGMSettings()
    (settings.iterations, settings.refinements, settings.misfit) = (6, 4, 0.24)
    (settings.rounds, settings.optimizer) = (2, .lbfgs)
    return settings
  }

  @Test(arguments: [1, 2]) func theImageDependsOnNoThreadCount(channels: Int) throws {
    let bench = try ILOBench(rows: 37, columns: 45, channels: channels)
    let method = try CSGM(weights: bench.weights, settings: settings())
    let images = try [1, 2].map { threads in
      try withThreads(threads) { try method.reconstruct(bench.problem) { _ in }.image }
    }
    #expect(images[0] == images[1])
  }

  @Test func theStartOfLeastMisfitIsKept() throws {
    let bench = try ILOBench(rows: 37, columns: 45, channels: 2)
    var settings = settings()
    (settings.randomStarts, settings.rounds) = (3, 1)
    var fractions: [Double] = []
    let result = try CSGM(weights: bench.weights, settings: settings).reconstruct(bench.problem) {
      fractions.append($0.fraction)
    }
    #expect(fractions == fractions.sorted())
    #expect(fractions.last == 1)
    #expect(
      result.stages.map(\.name) == [
        "wavelets alone", "from the mean", "from draw 1", "from draw 2", "from draw 3",
      ])
    let starts = result.stages.dropFirst()
    let best = try #require(starts.min { $0.misfit < $1.misfit })
    #expect(result.image == best.image)
    #expect(result.chosen["best start"].map { starts[1 + Int($0)].name } == best.name)
    #expect(Set(starts.map(\.misfit)).count == 4, "draws differ")
  }

  @Test func theImagesAreWhatARealGeneratorDraws() throws {
    let bench = try ILOBench(rows: 21, columns: 18, channels: 1)
    var settings = settings()
    settings.rounds = 1
    let result = try CSGM(weights: bench.weights, settings: settings).reconstruct(bench.problem) {
      _ in
    }
    // All starts share a phase, behind which a real generator's images are real, and so are the ratios of
    // two of them; those of a residual are not.
    let (one, other) = (result.stages[1].image, result.stages[2].image)
    #expect(one != other)
    for (a, b) in zip(one.values, other.values) {
      #expect(abs((a * b.conjugate).imaginary) <= 1e-5 * (a.lengthSquared + b.lengthSquared))
    }
  }

  @Test func finerLevelsOrAResidualMeetTheDataBetter() throws {
    let bench = try ILOBench(rows: 37, columns: 45, channels: 2)
    func misfit(_ change: (inout CSGMSettings) -> Void) throws -> Double {
      var settings = settings()
      settings.iterations = 12
      change(&settings)
      return try CSGM(weights: bench.weights, settings: settings).reconstruct(bench.problem) { _ in
      }
      .stages.last?.misfit ?? .infinity
    }
    let coarse = try misfit { $0.levels = 1 }
    let all = try misfit { _ in }
    let sparse = try misfit { $0.addsResidual = true }
    #expect(all < coarse)
    #expect(sparse < 0.5 * all)
  }

  @Test func settingsAndWeightsThatDoNotFitAreRefused() throws {
    let weights = ILOBench.weights(radii: [])
    #expect(throws: Never.self) { try CSGM(weights: weights) }
    for change: (inout CSGMSettings) -> Void in [
      { $0.levels = 4 }, { $0.levels = -1 }, { $0.misfit = 0 }, { $0.iterations = 0 },
      { $0.rounds = 0 }, { $0.priorWeight = .nan },
    ] {
      var wrong = settings()
      change(&wrong)
      #expect(throws: ReconstructionError.self) { try CSGM(weights: weights, settings: wrong) }
    }
    let denoiser = WeightsFile(
      architecture: weights.architecture, parameters: weights.parameters,
      notes: ["role": "denoiser"])
    let error = #expect(throws: ReconstructionError.self) { try CSGM(weights: denoiser) }
    #expect(error.map { "\($0)".contains("denoiser") } == true)
    #expect(throws: ReconstructionError.self) { try ILO(weights: denoiser) }
  }

  @Test func aThrowingReportEndsTheWork() throws {
    struct Stop: Error {}
    let bench = try ILOBench(rows: 16, columns: 20)
    let method = try CSGM(weights: bench.weights, settings: settings())
    #expect(throws: Stop.self) { try method.reconstruct(bench.problem) { _ in throw Stop() } }
  }
}
