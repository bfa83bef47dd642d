import Acquisition
import Arrays
import Foundation
import Numerics
import TestSupport
import Testing

@testable import ScanFiles

@Suite struct ISMRMRDTests {
  /// Partial Fourier, asymmetric echo, samples to discard, reversed readouts of the second contrast,
  /// and the sign of Siemens' exponent: what was measured lands where the full scan has it.
  @Test(arguments: [0, 1]) func oddReadoutsLandInTheirPlaces(contrast: Int) throws {
    let full = try ScanFile.open(ScanFixture.path("fastmri.h5"))
    let scan = try ScanFile.open(
      ScanFixture.path("raw-odd.h5"), ScanFile.Options(frame: contrast))
    #expect(scan.frames == 2 && scan.slices == 1)
    #expect(scan.remarks["frames"] == "2: 2 contrasts, 1 phases, 1 repetitions, 1 sets")
    // Lines that were never planned are padding and no undersampling.
    #expect(scan.acquiredColumns == 4..<20 && scan.isFullySampled)
    let got = try scan.kspace(slice: 0)
    let expected = try full.kspace(slice: contrast)
    #expect(got.shape == expected.shape)
    for index in got.values.indices {
      let (row, column) = (index / 20 % 24, index % 20)
      let wanted = row < 3 || column < 4 ? .zero : expected.values[index]
      #expect((got.values[index] - wanted).length < 1e-5)
    }
  }

  /// Slices are stacked by their positions, not by their numbers in the file.
  @Test func slicesAreStackedByPosition() throws {
    let scan = try ScanFile.open(ScanFixture.path("raw.h5"))
    let heights: [Double?] = (0..<2).map { scan.plane(slice: $0)?.position.z }
    #expect(heights == [20, 26])
    #expect(scan.plane(slice: 0)?.readDirection == SIMD3<Double>(0, 1, 0))
    let slab = try ScanFile.open(ScanFixture.path("raw-3d.h5"))
    let places: [SIMD3<Double>?] = (0..<2).map { slab.plane(slice: $0)?.position }
    let expected: [SIMD3<Double>?] = [SIMD3(3, -7, 20), SIMD3(3, -7, 26)]
    #expect(places == expected)
  }

  @Test func theRemarksSayWhatWasDone() throws {
    let scan = try ScanFile.open(ScanFixture.path("raw.h5"))
    #expect(scan.remarks["averages"] == "2, of which the mean is taken")
    #expect(scan.remarks["readouts left out"] == "1, not of the image")
    #expect(scan.remarks["noise scan"]?.hasPrefix("2 readouts, not used") == true)
  }

  /// HDF5 reads the lists of a file that is open twice through the first opening, closed or not.
  @Test func aFileIsReadAfterAnotherReaderOfItIsGone() throws {
    let path = ScanFixture.path("raw.h5")
    func data() throws -> HDF5Dataset { try HDF5File(reading: path).dataset("dataset/data") }
    var first: HDF5Dataset? = try data()
    let second = try data()
    let expected = try first?.floatLists("data", at: [0], lengths: [288])
    #expect(first?.file.id == second.file.id)
    first = nil
    // What the first reader left free is taken by other files.
    let others = try ["raw-3d.h5", "fastmri.h5", "skm-tea.h5"].map {
      try HDF5File(reading: ScanFixture.path($0))
    }
    #expect(try second.floatLists("data", at: [0], lengths: [288]) == expected)
    #expect(others.allSatisfy { $0.id != second.file.id })
  }

  /// Mixed as the data are, the noise scan itself becomes white, of half the power per sample because
  /// its bandwidth is half the data's.
  @Test func prewhiteningMakesTheNoiseWhite() throws {
    let plain = try ScanFile.open(ScanFixture.path("raw.h5"))
    let white = try ScanFile.open(ScanFixture.path("raw.h5"), ScanFile.Options(whitens: true))
    #expect(white.remarks["noise scan"] == "2 readouts, coils prewhitened")
    let raw = try plain.kspace(slice: 0)
    let mixed = try white.kspace(slice: 0)
    #expect(raw.shape == mixed.shape && raw != mixed)

    let file = try HDF5File(reading: ScanFixture.path("raw.h5"))
    let dataset = try file.dataset("dataset/data")
    var samples: [Complex<Float>] = []
    for list in try dataset.floatLists("data", at: [0, 1], lengths: [288, 288]) {
      for sample in 0..<48 {
        for coil in 0..<3 {
          let index = 2 * (coil * 48 + sample)
          samples.append(Complex(list[index], list[index + 1]))
        }
      }
    }
    let whitening = try NoisePrewhitening(samples: samples, coils: 3, bandwidthRatio: 0.5)
    #expect(largest(mixed.values, whitening.apply(raw).values) < 1e-4)
  }

  /// The headers of `raw.h5` are changed in place, member by member.
  @Test(
    arguments: [
      ("encoding 7", "the encoding 7"), ("center", "by the centre"), ("spiral", "'spiral'"),
      ("channels", "but its header states"), ("compressed", "is compressed"),
      ("noise only", "none of its"),
    ])
  func contradictionsAreRefused(change: String, words: String) throws {
    let folder = try TemporaryFolder()
    var bytes = try Array(Data(contentsOf: URL(fileURLWithPath: ScanFixture.path("raw-3d.h5"))))
    func replace(_ old: String, _ new: String) {
      let (old, new) = (Array(old.utf8), Array(new.utf8))
      var index = 0
      while index + old.count <= bytes.count {
        if Array(bytes[index..<index + old.count]) == old {
          bytes.replaceSubrange(index..<index + old.count, with: new)
        }
        index += 1
      }
    }
    // A packed header opens with version 1 and its flags; 24 samples and 3 channels follow.
    func word(_ offset: Int) -> Int { Int(bytes[offset]) + 256 * Int(bytes[offset + 1]) }
    let starts = (0..<bytes.count - 340).filter { start in
      word(start) == 1 && word(start + 34) == 24 && word(start + 38) == 3
    }
    #expect(starts.count == 40)
    for start in starts {
      switch change {
      case "encoding 7": bytes[start + 174] = 7
      case "channels": bytes[start + 38] = 4
      case "compressed": bytes[start + 2 + 6] = 1 << 4
      case "noise only": bytes[start + 2 + 2] = 1 << 2
      default: break
      }
    }
    if change == "center" { replace("<center>10</center>", "<center>99</center>") }
    if change == "spiral" { replace("cartesian", "spiral   ") }
    let path = try folder.write(bytes, "raw.h5")
    #expect {
      let scan = try ScanFile.open(path)
      _ = try scan.kspace(slice: 0)
    } throws: { ($0 as? ScanFileError)?.description.contains(words) == true }
  }

  private func largest(_ a: [Complex<Float>], _ b: [Complex<Float>]) -> Float {
    zip(a, b).map { ($0 - $1).length }.max() ?? .infinity
  }
}
