import Acquisition
import TestSupport
import Testing

struct SamplingMaskTests {
  @Test func everyVectorIsPresent() { #expect(MaskVector.all.count == 150) }

  @Test(arguments: MaskVector.all)
  func masksAreThoseOfFastMRI(vector: MaskVector) throws {
    let mask = try SamplingMask(
      pattern: vector.pattern, columns: vector.columns, acceleration: vector.acceleration,
      centerFraction: vector.centerFraction, seed: .fileName(vector.fileName))
    let text = mask.columns.map { $0 ? "1" : "0" }.joined()
    #expect(mask.sampledCount == vector.sampledCount)
    #expect(sha256(of: text).hasPrefix(vector.digest))
    #expect(mask.calibrationColumns.count >= vector.calibrationLines)
    if let hexadecimal = vector.hexadecimal { #expect(mask.hexadecimal == hexadecimal) }
  }

  @Test func integerSeedIsThatOfNumPy() throws {
    // numpy: RandomState(1234).uniform(size=8) < (8/2 - 1) / (8 - 1), then the centre column.
    let mask = try SamplingMask(
      pattern: .random, columns: 8, acceleration: 2, centerFraction: 0.125, seed: .integer(1234))
    #expect(mask.hexadecimal == "8e")
  }

  @Test func paddingIsNeverSampledNorCounted() throws {
    let whole = try SamplingMask(
      pattern: .random, columns: 368, acceleration: 4, centerFraction: 0.08,
      seed: .fileName("file1000000.h5"))
    let padded = try SamplingMask(
      pattern: .random, columns: 368, acceleration: 4, centerFraction: 0.08,
      seed: .fileName("file1000000.h5"), acquired: 40..<330)
    for column in 0..<368 {
      #expect(padded.columns[column] == (whole.columns[column] && (40..<330).contains(column)))
    }
    #expect(padded.sampledCount < whole.sampledCount)
    #expect(padded.acceleration == 290 / Double(padded.sampledCount))
    let full = try SamplingMask.fullySampled(columns: 368, acquired: 40..<330)
    #expect(full.acceleration == 1)
    #expect(full.calibrationColumns == 40..<330)
  }

  @Test func calibrationBlockStopsAtTheFirstGap() throws {
    let mask = try SamplingMask(columns: [true, false, true, true, true, false, true, true])
    #expect(mask.calibrationColumns == 2..<5)
    #expect(try SamplingMask(columns: [true, true, false, true]).calibrationColumns.isEmpty)
  }

  @Test(arguments: [
    (MaskPattern.random, 0.5, 0.08, SamplingMaskError.acceleration(0.5)),
    (.random, .infinity, 0.08, .acceleration(.infinity)),
    (.random, 4, 0, .centerFraction(0)),
    (.random, 4, 1, .centerFraction(1)),
    (.magic, 4, 0.001, .noCalibrationLines(columns: 216, centerFraction: 0.001)),
    (
      .random, 16, 0.08,
      .accelerationTooLarge(.random, acceleration: 16, columns: 216, calibrationLines: 17)
    ),
    (
      .equispacedFraction, 16, 0.08,
      .accelerationTooLarge(
        .equispacedFraction, acceleration: 16, columns: 216, calibrationLines: 17)
    ),
    (
      .magicFraction, 16, 0.08,
      .accelerationTooLarge(.magicFraction, acceleration: 16, columns: 216, calibrationLines: 14)
    ),
    (
      .equispaced, 300, 0.04,
      .accelerationTooLarge(.equispaced, acceleration: 300, columns: 216, calibrationLines: 9)
    ),
    (.equispaced, 3.5, 0.08, .fractionalAcceleration(.equispaced, acceleration: 3.5)),
  ])
  func impossibleSettingsAreRefused(
    pattern: MaskPattern, acceleration: Double, fraction: Double, error: SamplingMaskError
  ) {
    #expect(throws: error) {
      try SamplingMask(
        pattern: pattern, columns: 216, acceleration: acceleration, centerFraction: fraction,
        seed: .fileName("scan.h5"))
    }
    #expect(!error.description.contains("\n"))
  }

  @Test func badRangesAndSeedsAreRefused() {
    #expect(throws: SamplingMaskError.emptySeed) {
      try SamplingMask(
        pattern: .random, columns: 216, acceleration: 4, centerFraction: 0.08, seed: .fileName(""))
    }
    #expect(throws: SamplingMaskError.acquiredRange(0..<9, columns: 8)) {
      try SamplingMask.fullySampled(columns: 8, acquired: 0..<9)
    }
    #expect(throws: SamplingMaskError.nothingSampled(columns: 4)) {
      try SamplingMask(columns: [true, false, false, true], acquired: 1..<3)
    }
    #expect(throws: SamplingMaskError.unknownPattern("sawtooth")) {
      try MaskPattern(named: "sawtooth")
    }
  }

  @Test func customaryFractionsAreThoseOfThePaper() {
    #expect(MaskPattern.customaryCenterFraction(acceleration: 4) == 0.08)
    #expect(MaskPattern.customaryCenterFraction(acceleration: 8) == 0.04)
    #expect(MaskPattern.customaryCenterFraction(acceleration: 16) == 0.02)
  }
}
