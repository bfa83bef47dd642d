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
}
