import Acquisition
import Arrays
import LinearOperators
import Numerics
import TestSupport
import Testing

@testable import Reconstruction

@Suite struct ResidualChoiceTests {
  private let scan = SyntheticCoils(coils: 3, rows: 32, columns: 64)

  private func mask(acceleration: Double) throws -> SamplingMask {
    try SamplingMask(
      pattern: .random, columns: 64, acceleration: acceleration, centerFraction: 0.1,
      seed: .integer(2))
  }

  private func held(_ kspace: ComplexArray, acceleration: Double = 3) throws -> HeldOutData? {
    let mask = try mask(acceleration: acceleration)
    return HeldOutData(
      maps: CoilMaps(
        sensitivities: scan.maps, eigenvalues: RealArray(shape: [32, 64], repeating: 1)),
      phase: ComplexArray(shape: [32, 64], repeating: .one), mask: mask, kspace: kspace, share: 5,
      seed: 1)
  }

  @Test func theTrueImagePredictsWhatIsHeldOut() throws {
    let data = try #require(try held(scan.kspace))
    let right = data.error(of: scan.image)
    var wrong = scan.image
    wrong.scale(by: 0.9)
    #expect(right < 0.01 * data.error(of: wrong))
    // A fifth of those beyond the calibration lines is no part of the fit.
    let sampled = try mask(acceleration: 3)
    let free = sampled.sampledCount - sampled.calibrationColumns.count
    #expect(data.kept.shape[2] == sampled.sampledCount - free / 5)
  }

  @Test func withFewColumnsNothingIsHeldOut() throws {
    #expect(try held(scan.kspace, acceleration: 9) == nil)
  }

  /// A generator that draws the truth is worth all of the weight; one that draws what is not there is
  /// worth less than zero is.
  @Test func theShareFollowsTheGenerator() throws {
    var random = RandomStream(seed: 3)
    var noisy = scan.kspace
    for index in noisy.values.indices {
      noisy.values[index] += Complex(0.05 * random.normal(), 0.05 * random.normal())
    }
    let data = try #require(try held(noisy))
    var settings = ILOSettings()
    settings.sparseShares = [0.3, 0.9]
    let fallback = ResidualSearch(fallback: settings)
    #expect(fallback.choice == ResidualChoice(weight: settings.fallbackWeight, share: 0.3))
    #expect(fallback.account(of: "weight").candidates.isEmpty)
    func share(_ drawn: ComplexArray) -> Float {
      WaveletResidual(settings: settings, drawn: drawn, share: 0.3).search(data).choice.share
    }
    #expect(share(scan.image) == 0.3)
    var ghost = scan.image
    for index in ghost.values.indices {
      ghost.values[index] = Complex(2 * random.normal(), 2 * random.normal())
    }
    #expect(share(ghost) == 0.9)
  }

  /// Noise of 0.02 calls for 0.0056, and little of it for the least weight.
  @Test(arguments: [(Float(0.02), Float(0.006)), (0.04, 0.01), (1e-6, 0.0025)])
  func ofWeightsThatPredictAlikeThatOfTheNoiseIsTaken(noise: Float, weight: Float) {
    var search = ResidualSearch(fallback: ILOSettings())
    let errors: [(Float, Double)] = [
      (0.03, 0.31), (0.01, 0.3), (0.006, 0.301), (0.004, 0.304), (0.0025, 0.305),
    ]
    for (weight, error) in errors {
      search.add(ResidualChoice(weight: weight, share: 0.3), error: error)
    }
    // Another share counts only if it is better by far.
    search.add(ResidualChoice(weight: 0.002, share: 0.6), error: 0.29)
    #expect(search.choice == ResidualChoice(weight: 0.01, share: 0.3))
    search.settle(by: noise, least: 0.0025)
    #expect(search.choice == ResidualChoice(weight: weight, share: 0.3))
    #expect(search.account(of: "weight").reason.contains("which the noise calls for"))
  }

  /// Where the maps are wrong small weights predict badly, whatever the noise.
  @Test func columnsHaveTheirSay() {
    var search = ResidualSearch(fallback: ILOSettings())
    for (weight, error) in [(Float(0.03), 0.3), (0.01, 0.31), (0.006, 0.5), (0.0025, 0.9)] {
      search.add(ResidualChoice(weight: weight, share: 0.3), error: error)
    }
    search.settle(by: 0.005, least: 0.0015)
    #expect(search.choice.weight == 0.01)
  }

  /// What is held out of a scan knows its noise.
  @Test func theNoiseIsKnown() throws {
    var random = RandomStream(seed: 3)
    var noisy = scan.kspace
    for index in noisy.values.indices {
      noisy.values[index] += Complex(0.05 * random.normal(), 0.05 * random.normal())
    }
    let noise = try #require(try held(noisy)?.noise)
    #expect(abs(noise / 0.05 - 1) < 0.3, "\(noise)")
  }
}
