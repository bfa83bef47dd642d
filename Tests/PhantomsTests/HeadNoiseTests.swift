import Acquisition
import Arrays
import Numerics
import Testing

@testable import Phantoms

@Suite("The noise that is told of a simulated head")
struct HeadNoiseTests {
  @Test("is that of the scan within 10 % from an SNR of 15 to one of 100, at 4x and 8x")
  func level() throws {
    var settings = HeadScanSettings()
    (settings.rows, settings.columns, settings.slices, settings.coils) = (256, 216, 1, 3)
    for ratio: Float in [15, 40, 100] {
      settings.signalToNoise = ratio
      let scan = HeadScan(settings)
      let kspace = scan.kspace(slice: 0)
      for acceleration in [4.0, 8] {
        let mask = try SamplingMask(
          pattern: .random, columns: 216, acceleration: acceleration,
          centerFraction: 0.32 / acceleration, seed: .integer(1))
        let level = try NoiseLevel(kspace: kspace, mask: mask)
        let found = level.pooled / scan.noiseDeviation
        #expect(abs(found - 1) < 0.1, "\(found) at an SNR of \(ratio), \(acceleration)x")
      }
    }
  }

  @Test("is that of the scan within 20 % with masks of points, within 40 % with a lattice")
  func levelOfPoints() throws {
    var settings = HeadScanSettings()
    (settings.rows, settings.columns, settings.slices, settings.coils) = (256, 216, 1, 3)
    for ratio: Float in [15, 40] {
      settings.signalToNoise = ratio
      let scan = HeadScan(settings)
      let kspace = scan.kspace(slice: 0)
      for pattern in MaskPattern.allCases where pattern.isOfPoints {
        let mask = try SamplingMask(
          pattern: pattern, rows: 512, columns: 216, acceleration: 8, centerFraction: 0.01,
          seed: .integer(1))
        let level = try NoiseLevel(kspace: kspace, mask: mask)
        let found = level.pooled / scan.noiseDeviation
        #expect(
          abs(found - 1) < (pattern == .caipi ? 0.4 : pattern == .lowResolution ? 0.2 : 0.15),
          "\(found) at an SNR of \(ratio), \(pattern)")
      }
    }
  }
}
