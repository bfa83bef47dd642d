import Arrays
import Generators
import Numerics
import Testing

@testable import Reconstruction

/// The score that says how unlike its training images an image is.
@Suite struct FamiliarityTests {
  /// Rows of three quantities of which the third follows the first.
  private func quantities(_ count: Int, seed: UInt64) -> [[Double]] {
    var random = RandomStream(seed: seed)
    return (0..<count).map { _ in
      let (a, b, c) = (random.normal(), random.normal(), random.normal())
      return [5 + 2 * a, -1 + 0.1 * b, 10 * a + c].map { Double($0) }
    }
  }

  @Test func theDistanceCountsStandardDeviations() throws {
    let scale = try FamiliarityScale(
      training: quantities(2000, seed: 1), heldOut: quantities(1000, seed: 2), percentile: 99)
    #expect(scale.distance(of: scale.mean.map { Double($0) }) < 1e-3)
    // Along the second quantity, which is independent of the others.
    let shifted = [Double(scale.mean[0]), Double(scale.mean[1]) + 0.4, Double(scale.mean[2])]
    #expect(abs(scale.distance(of: shifted) - 4) < 0.3)
    // Against the correlation it is further than along it.
    let along = [Double(scale.mean[0]) + 2, Double(scale.mean[1]), Double(scale.mean[2]) + 10]
    let against = [Double(scale.mean[0]) + 2, Double(scale.mean[1]), Double(scale.mean[2]) - 10]
    #expect(scale.distance(of: against) > 3 * scale.distance(of: along))
    // The 99th percentile of a χ distribution of 3 degrees is 3.37; shrinkage changes it little.
    #expect(abs(scale.threshold - 3.37) < 0.4)
    #expect(scale.distance(of: [.nan, 0, 0]) == .infinity)
  }

  @Test func imagesThatFixNoScaleAreRefused() {
    for (training, heldOut) in [
      (quantities(4, seed: 1), quantities(20, seed: 2)),
      (quantities(20, seed: 1), quantities(3, seed: 2)),
      (quantities(20, seed: 1), [[Double]](repeating: [1, 2, .nan], count: 20)),
      ([[Double]](repeating: [1, 2, 3], count: 20), quantities(20, seed: 2)),
    ] {
      #expect(throws: ReconstructionError.self) {
        try FamiliarityScale(training: training, heldOut: heldOut, percentile: 99)
      }
    }
  }

  @Test(arguments: [1, 2]) func aCalibratedNetworkTellsWhatItKnows(channels: Int) throws {
    var weights = RepresentationFitTests.weights(channels: channels)
    let network = weights.network
    func disc(_ random: inout RandomStream) -> ComplexArray {
      let (radius, grey) = (5 + 3 * random.uniform(), 0.5 + random.uniform())
      return ComplexArray(
        shape: [20, 24],
        values: (0..<480).map { index in
          let (y, x) = (Float(index / 24) - 9.5, Float(index % 24) - 11.5)
          let inside = y * y + x * x < radius * radius
          return Complex((inside ? grey : 0) + 0.02 * random.normal(), 0.02 * random.normal())
        })
    }
    var random = RandomStream(seed: 4)
    #expect(FamiliarityScore(weights: weights, network: network) == nil)
    let rows = (0..<80).map { _ in
      FamiliarityScore.quantities(of: disc(&random), network: network)
    }
    #expect(rows[0].count == FamiliarityScore.quantityCount(weights.architecture))
    weights.familiarity = try FamiliarityScale(
      training: Array(rows.prefix(60)), heldOut: Array(rows.suffix(20)), percentile: 99)
    let score = try #require(FamiliarityScore(weights: weights, network: network))
    let known = disc(&random)
    let far = ComplexArray(
      shape: [20, 24], values: (0..<480).map { Complex(($0 / 24 + $0) % 2 == 0 ? 1 : 0, 0) })
    #expect(score.score(of: far) > 2 * score.threshold)
    #expect(score.warning(score.score(of: far))?.contains("unlike those") == true)
    #expect(score.score(of: known) < score.score(of: far))
    #expect(score.warning(score.threshold) == nil)
    // Of any scale, and never silently of nothing.
    var bright = known
    bright.scale(by: 4096)
    #expect(abs(score.score(of: bright) - score.score(of: known)) < 1e-3)
    #expect(score.score(of: RealArray(zeros: [20, 24])) == .infinity)
    #expect(score.score(of: RealArray(shape: [20, 24], repeating: .nan)) == .infinity)
  }

  @Test func aScaleOfAnotherNetworkIsNotTaken() throws {
    var weights = RepresentationFitTests.weights(channels: 1)
    weights.familiarity = try FamiliarityScale(
      training: quantities(20, seed: 1), heldOut: quantities(20, seed: 2), percentile: 99)
    #expect(weights.notes[WeightsFile.familiarityKey] != nil)
    #expect(weights.familiarity == nil)
    weights.familiarity = nil
    #expect(weights.notes[WeightsFile.familiarityKey] == nil)
  }
}
