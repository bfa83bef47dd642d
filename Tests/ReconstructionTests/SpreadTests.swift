import Arrays
import Generators
import Numerics
import TestSupport
import Testing

@testable import Reconstruction

@Suite("Draws about an image, and intervals of their spread")
struct SpreadTests {
  private func settings() -> ILOSettings {
    var settings = ILOSettings()
    settings.stages = [2, 2, 2].map { .init(iterations: $0) }
    (settings.encoderRounds, settings.rounds) = (1, 1)
    (settings.startIterations, settings.residualIterations) = (10, 8)
    return settings
  }

  @Test("draws leave the image as it is, differ, and repeat with seed and threads")
  func draws() throws {
    let bench = try ILOBench(rows: 21, columns: 27)
    let plain = try ILO(weights: bench.weights, settings: settings()).reconstruct(bench.problem) {
      _ in
    }
    #expect(plain.draws.isEmpty)
    let method = try ILO(weights: bench.weights, settings: settings(), draws: 3)
    let results = try [1, 2].map { threads in
      try withThreads(threads) { try method.reconstruct(bench.problem) { _ in } }
    }
    #expect(results[0].image == plain.image)
    #expect(results[0].draws == results[1].draws)
    #expect(results[0].draws.count == 3)
    #expect(results[0].draws[0] != results[0].draws[1])
    #expect((results[0].seconds["draws"] ?? 0) > 0)
    // More draws begin with the same ones.
    let more = try ILO(weights: bench.weights, settings: settings(), draws: 4)
      .reconstruct(bench.problem) { _ in }
    #expect(Array(more.draws.prefix(3)) == results[0].draws)
  }

  @Test("the spread is the root mean square of the magnitudes' differences")
  func deviation() {
    let image = ComplexArray(shape: [12, 14], repeating: Complex(0, 2))
    let draws = [Float(2.3), 1.7, 2.4, 1.6].map {
      ComplexArray(shape: [12, 14], repeating: Complex(-$0, 0))
    }
    let expected = Float(((0.09 + 0.09 + 0.16 + 0.16) / 4).squareRoot())
    let spread = PosteriorSpread(draws, about: image).deviation
    #expect(spread.values.allSatisfy { abs($0 - expected) < 1e-5 })
    #expect(PosteriorSpread([], about: image).deviation.values.allSatisfy { $0 == 0 })
  }

  /// Slices whose scores are |normal| times a size of their own.
  private func scores(_ slices: Int, seed: UInt64) -> [[Float]] {
    var random = RandomStream(seed: seed)
    return (0..<slices).map { _ in
      let size = 0.5 + random.uniform()
      return (0..<200 + Int(random.next() % 300)).map { _ in abs(size * random.normal()) }
    }
  }

  @Test("intervals hold what they state on slices that the factor is not from")
  func coverage() throws {
    var covered = 0.0
    let trials = 40
    for trial in 0..<trials {
      let scale = try SpreadScale(
        scores: scores(19, seed: UInt64(trial)), level: 0.9, draws: 8)
      let fresh = scores(10, seed: UInt64(1000 + trial))
      covered +=
        fresh.reduce(0.0) { sum, own in
          sum + Double(own.count { Double($0) <= scale.factor }) / Double(own.count)
        } / Double(fresh.count * trials)
    }
    // At least the level, and not much more.
    #expect(covered > 0.89 && covered < 0.97)
  }

  @Test("every slice counts alike, however many pixels it has")
  func weights() throws {
    // Nine slices of small scores, of which one has most pixels, and one of large ones.
    var all = (0..<9).map { slice in [Float](repeating: 1, count: slice == 0 ? 5000 : 10) }
    all.append([Float](repeating: 7, count: 10))
    #expect(try SpreadScale(scores: all, level: 0.8, draws: 2).factor == 1)
    #expect(try SpreadScale(scores: all, level: 0.85, draws: 2).factor == 7)
  }

  @Test("too few slices for the level, empty ones and NaN are refused")
  func refused() throws {
    #expect(throws: ReconstructionError.self) {
      try SpreadScale(scores: scores(8, seed: 1), level: 0.9, draws: 8)
    }
    #expect(throws: ReconstructionError.self) {
      try SpreadScale(scores: scores(12, seed: 1) + [[]], level: 0.9, draws: 8)
    }
    #expect(throws: ReconstructionError.self) {
      try SpreadScale(scores: scores(12, seed: 1) + [[.nan]], level: 0.9, draws: 8)
    }
  }

  @Test("the scale survives in the weights' notes, and nonsense there is no scale")
  func notes() throws {
    var weights = ILOBench.weights(radii: [1, 1, 1])
    #expect(weights.spread == nil)
    var scale = try SpreadScale(scores: scores(12, seed: 3), level: 0.9, draws: 5)
    scale.check = .init(
      slices: 4, coverage: 0.91, leastCoverage: 0.8, greatestCoverage: 0.97, halfWidth: 0.1)
    weights.spread = scale
    #expect(weights.spread == scale)
    weights.notes[WeightsFile.spreadKey] = "{\"factor\":-1}"
    #expect(weights.spread == nil)
    let half = scale.halfWidth(RealArray(shape: [1, 2], values: [0, 0.1]))
    #expect(abs(half.values[0] - Float(scale.factor) * 0.005) < 1e-6)
    #expect(abs(half.values[1] - Float(scale.factor) * 0.105) < 1e-5)
  }
}
