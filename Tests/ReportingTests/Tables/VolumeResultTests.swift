import Evaluation
import Foundation
import Testing

@testable import Experiments
@testable import Reporting

@Suite struct VolumeResultTests {
  @Test func sumsOfTwoSlicesByHand() throws {
    var example = SweepExample(metrics: ["psnr", "ssim", "nmse", "nrmse", "hfen"])
    example.add(
      "ilo", scan: "a", slice: 1, error: 1, energy: 10, metrics: ["ssim": 0.75, "hfen": 0.5])
    example.add("ilo", scan: "a", slice: 0, error: 3, energy: 30, metrics: ["ssim": 0.5])
    let volume = try #require(try example.tables().volumes.first)
    #expect(volume.slices == [0, 1])
    #expect(volume.pixels == 8)
    #expect(volume.metrics[.nmse] == 0.1)
    #expect(volume.metrics[.nrmse] == 0.1.squareRoot())
    // M² = 4 over a mean squared error of 4/8.
    #expect(volume.metrics[.psnr] == 10 * log10(8))
    #expect(volume.metrics[.ssim] == 0.625)
    // One slice has none: the other's stands for the volume.
    #expect(volume.metrics[.hfen] == 0.5)
  }

  @Test func jobsShareAVolumeButSeedsMasksMethodsAndRegionsDoNot() throws {
    var example = SweepExample()
    // Slices 0 and 8 are the work of two jobs.
    for slice in [0, 8] { example.add("ilo", scan: "a", slice: slice, error: 1) }
    example.add("ilo", scan: "a", seed: "2", error: 1)
    example.add("ilo", scan: "a", mask: "equispaced", error: 1)
    example.add("ilo", scan: "a", acceleration: 8, error: 1)
    example.add("ilo", scan: "a", fraction: 0.04, error: 1)
    example.add("ilo", scan: "a", region: "box:cyst", error: 1)
    example.add("ilo", scan: "b", error: 1)
    example.add("zero-filled", scan: "a", error: 1)
    #expect(try example.tables().volumes.map(\.slices.count) == [2, 1, 1, 1, 1, 1, 1, 1])
  }

  @Test func exactImagesHaveAnInfinitePSNR() throws {
    var example = SweepExample()
    example.add("ilo", scan: "a", error: 0)
    let volume = try #require(try example.tables().volumes.first)
    #expect(volume.metrics == [.psnr: .infinity, .nmse: 0])
  }

  @Test func figuresWithoutAValueAreMissing() throws {
    var example = SweepExample()
    example.add("ilo", scan: "a", error: 0, energy: 0, metrics: ["ssim": .nan])
    example.rows[0].dataRange = 0
    let tables = try example.tables()
    #expect(tables.volumes.map(\.metrics) == [[:]])
    #expect(tables.volumesData.text.contains("image,,,,1,4,0.0,0.0,0.0\n"))
  }

  @Test func metricsOfALaterVersionAreRefused() {
    var example = SweepExample(metrics: ["psnr", "sharpness"])
    example.add("ilo", scan: "a", error: 1)
    #expect {
      try example.tables()
    } throws: {
      "\($0)".contains("'sharpness'")
    }
  }
}
