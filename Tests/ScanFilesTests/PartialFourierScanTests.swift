import Acquisition
import Arrays
import Numerics
import TestSupport
import Testing

@testable import ScanFiles

@Suite struct PartialFourierScanTests {
  /// Lines and samples that were never planned are declared, along both axes.
  @Test func rawDataWithLinesAndSamplesLeftOut() throws {
    let scan = try ScanFile.open(ScanFixture.path("raw-odd.h5"))
    #expect(scan.acquiredRows == 3..<24)
    #expect(
      scan.partialFourier.map(\.text) == [
        "80 % of the phase encoding (columns 4 to 19 of 20)",
        "7/8 of the readout (rows 3 to 23 of 24)",
      ])
    #expect(try ScanFile.open(ScanFixture.path("raw.h5")).partialFourier == [])
    #expect(try ScanFile.open(ScanFixture.path("fastmri.h5")).partialFourier == [])
  }

  /// Of an oversampled readout every second sample is left, and of those that were not measured too.
  @Test(arguments: [(0, 0..<20), (5, 3..<20), (6, 3..<20), (12, 6..<20)])
  func croppingKeepsTheSamplesMeasured(first: Int, expected: Range<Int>) throws {
    let folder = try TemporaryFolder()
    var scan = TestScan(kspace: pattern([1, 2, 40, 8]))
    for index in scan.kspace.values.indices where index / 8 % 40 < first {
      scan.kspace.values[index] = .zero
    }
    scan.xml =
      ScanHeader(
        encoded: .init(rows: 40, columns: 8, rowExtent: 400, columnExtent: 200),
        reconstructed: .init(rows: 20, columns: 8, rowExtent: 200, columnExtent: 200)
      ).xml
    try scan.write(folder.file("scan.h5"))
    let cropped = ReadoutCroppedScan(try ScanFile.open(folder.file("scan.h5")))
    #expect(cropped.rows == 20 && cropped.acquiredRows == expected)
  }

  private func acquired(_ sampled: (Int) -> Bool, of count: Int = 256) -> Range<Int> {
    ColumnSampling(filled: (0..<count).map(sampled), planned: 0..<count).acquired
  }

  /// A gap at one edge that no pattern leaves is partial Fourier, with and without undersampling.
  @Test func gapsThatNoPatternLeaves() {
    #expect(acquired { $0 >= 96 } == 96..<256)
    #expect(acquired { $0 < 160 } == 0..<160)
    #expect(acquired { $0 >= 64 && ($0 % 4 == 1 || (118..<138).contains($0)) } == 65..<256)
    #expect(acquired { $0 < 200 && ($0 % 3 == 2 || (118..<138).contains($0)) } == 0..<198)
    // Undersampled, or a centre alone, but not one-sided.
    #expect(acquired { $0 % 4 == 3 || (118..<138).contains($0) } == 0..<256)
    #expect(acquired { (60..<200).contains($0) } == 0..<256)
    #expect(acquired { $0 < 140 } == 0..<256)
  }

  /// Patterns drawn at random have wide gaps at their edges now and then, and must not be taken for one.
  @Test(arguments: [MaskPattern.random, .equispaced, .magic], [4.0, 8, 12])
  func patternsAreNotTakenForPartialFourier(pattern: MaskPattern, acceleration: Double) throws {
    for seed in 0..<100 as Range<UInt32> {
      let mask = try SamplingMask(
        pattern: pattern, columns: 320, acceleration: acceleration,
        centerFraction: 0.32 / acceleration, seed: .integer(seed))
      let found = acquired({ mask.columns[$0] }, of: 320)
      #expect(found == 0..<320, "seed \(seed)")
    }
  }
}
