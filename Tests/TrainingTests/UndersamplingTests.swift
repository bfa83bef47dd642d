import Arrays
import Generators
import Numerics
import Testing

@testable import Training

/// What undersampling makes of a view.
@Suite struct UndersamplingTests {
  /// A disc with a darker core, `[96, 80]`.
  static let view: RealArray = {
    var view = RealArray(zeros: [96, 80])
    for row in 0..<96 {
      for column in 0..<80 {
        let (y, x) = ((Float(row) - 47.5) / 40, (Float(column) - 39.5) / 32)
        let radius = (x * x + y * y).squareRoot()
        view.values[row * 80 + column] = radius > 1 ? 0 : radius < 0.4 ? 0.5 : 1
      }
    }
    return view
  }()

  private func pair(_ settings: Undersampling, seed: UInt64 = 3) throws -> Undersampling.Pair {
    var random = RandomStream(seed: seed)
    return try #require(settings.pair(Self.view, random: &random))
  }

  @Test func theTargetIsTheViewUpToOneFactor() throws {
    let target = try pair(Undersampling()).target
    let magnitudes = target.magnitudes.values
    let factor = zip(magnitudes, Self.view.values).reduce(0.0) { $0 + Double($1.0 * $1.1) }
    let energy = Self.view.values.reduce(0.0) { $0 + Double($1 * $1) }
    for (ours, given) in zip(magnitudes, Self.view.values) {
      #expect(abs(Double(ours) - factor / energy * Double(given)) < 1e-4)
    }
  }

  @Test func theSmoothPhaseIsTakenOff() throws {
    var settings = Undersampling()
    settings.phaseJumps = 0
    for seed in 1...6 as ClosedRange<UInt64> {
      let target = try pair(settings, seed: seed).target
      let imaginary = target.values.reduce(0.0) { $0 + Double($1.imaginary * $1.imaginary) }
      #expect(imaginary < 0.1 * target.squaredNorm, "seed \(seed)")
    }
  }

  @Test func theInputLacksWhatWasNotSampled() throws {
    var settings = Undersampling()
    (settings.partial, settings.whole) = (0, 0)
    (settings.acceleration, settings.signalToNoise) = (4...4.01, 90...100)
    let pair = try pair(settings)
    var difference = pair.input
    difference.add(-1, times: pair.target)
    #expect(difference.squaredNorm > 1e-4 * pair.target.squaredNorm)
    #expect(difference.squaredNorm < 0.2 * pair.target.squaredNorm)
    // The brightness is that of training.
    let bright = percentile(pair.input.magnitudes.values, 99.8)
    #expect(abs(bright - LadderNetwork.brightest) < 1e-4)
  }

  @Test func aWholeInputIsTheTarget() throws {
    var settings = Undersampling()
    (settings.partial, settings.whole) = (0, 1)
    let pair = try pair(settings)
    #expect(pair.input == pair.target)
  }

  @Test func aSeedGivesOnePair() throws {
    let pairs = try [5, 5, 6].map { try pair(Undersampling(), seed: $0) }
    #expect(pairs[0].input == pairs[1].input)
    #expect(pairs[0].target == pairs[1].target)
    #expect(pairs[0].input != pairs[2].input)
  }

  @Test func aBlackViewGivesNone() {
    var random = RandomStream(seed: 1)
    #expect(
      Undersampling().pair(RealArray(zeros: [32, 32]), random: &random) == nil)
  }
}
