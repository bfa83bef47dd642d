import Acquisition
import Arrays
import Foundation
import Numerics
import TestSupport
import Testing

@testable import ScanFiles

/// Every layout gives the same images of the same marked phantom, in the same orientation.
///
/// The files are from `Tests/PeerChecks/scan_fixtures.py`; those of ISMRMRD were written by its own
/// Python package, and BART has read its arrays.
@Suite struct LayoutTests {
  struct Case: CustomTestStringConvertible {
    let file: String
    let layout: ScanLayout
    var frame = 0
    var frames = 1
    /// Slices of the phantom that the file holds.
    var slices = [0, 1]
    /// Whether the file's images are those of the phantom but for a factor.
    var isScaled = false
    var testDescription: String { file }
  }
  static let cases = [
    Case(file: "fastmri.h5", layout: .fastMRI),
    Case(file: "raw.h5", layout: .ismrmrd),
    Case(file: "raw-3d.h5", layout: .ismrmrd),
    Case(file: "slices.cfl", layout: .bart),
    Case(file: "slices.hdr", layout: .bart),
    Case(file: "slices", layout: .bart),
    Case(file: "flat.cfl", layout: .bart, slices: [0]),
    Case(file: "volume.ra", layout: .bart),
    Case(file: "calgary-campinas.h5", layout: .calgaryCampinas, isScaled: true),
    Case(file: "cmrxrecon.mat", layout: .cmrxrecon, frame: 1, frames: 2),
    Case(file: "skm-tea.h5", layout: .skmTEA, frames: 2),
    Case(file: "skm-tea.h5", layout: .skmTEA, frame: 1, frames: 2, isScaled: true),
  ]

  @Test(arguments: cases) func theImagesAreThePhantom(_ example: Case) throws {
    let phantom = try ScanFixture.load()
    let scan = try ScanFile.open(
      ScanFixture.path(example.file), ScanFile.Options(frame: example.frame))
    #expect(scan.layout == example.layout)
    #expect(scan.frame == example.frame && scan.frames == example.frames)
    #expect(scan.slices == example.slices.count && scan.coils == phantom.coils)
    #expect(scan.isFullySampled && scan.storedMask == nil)
    for (slice, expected) in example.slices.enumerated() {
      let image = try imageOf(scan, slice: slice)
      #expect(
        relativeDifference(image, phantom.image(expected), scaled: example.isScaled) < 1e-5)
    }
  }

  /// No flip or exchange of the phantom is near it, so that the comparison above means something.
  @Test func thePhantomIsLikeNoneOfItsMirrorImages() throws {
    let phantom = try ScanFixture.load()
    for slice in 0..<phantom.slices {
      let image = phantom.image(slice)
      var flips: [RealArray] = [phantom.image(1 - slice)]
      for (down, right) in [(true, false), (false, true), (true, true)] {
        var flipped = image
        for row in 0..<phantom.rows {
          for column in 0..<phantom.columns {
            flipped.values[row * phantom.columns + column] =
              image.values[
                (down ? phantom.rows - 1 - row : row) * phantom.columns
                  + (right ? phantom.columns - 1 - column : column)]
          }
        }
        flips.append(flipped)
      }
      for flip in flips { #expect(relativeDifference(flip, image, scaled: true) > 0.1) }
    }
  }

  @Test(arguments: [("skm-tea.h5", 2, 2), ("raw.h5", 1, 1), ("slices.cfl", -1, 1)])
  func framesThatAreNotThere(file: String, frame: Int, frames: Int) {
    #expect(error(ScanFixture.path(file), frame: frame) == .noSuchFrame(frame, frames: frames))
  }

  @Test func whatHasNoNoiseScanIsPrewhitenedByItsCorners() throws {
    var whitened = 0
    for file in ["fastmri.h5", "slices.cfl", "raw-3d.h5"] {
      let path = ScanFixture.path(file)
      if case .unsupported(let what, _) = error(path, whitens: true) {
        #expect(what.contains("holds no noise scan, and the corners of its image no noise"))
        continue
      }
      whitened += 1
      let scan = try ScanFile.open(path, ScanFile.Options(whitens: true))
      #expect(scan.remarks["noise"]?.contains("by the four corners") == true)
      #expect(try scan.kspace(slice: 0) != ScanFile.open(path).kspace(slice: 0))
    }
    #expect(whitened == 2)
  }

  /// Calgary-Campinas files whose k-space has its centre in the middle give the same magnitudes.
  @Test func theCentreOfCalgaryCampinasIsToldByTheData() throws {
    let folder = try TemporaryFolder()
    let source = try HDF5File(reading: ScanFixture.path("calgary-campinas.h5")).dataset("kspace")
    let shape = source.shape
    let values = try source.floats()
    var rolled = values
    for slice in 0..<shape[0] {
      for row in 0..<shape[1] {
        for column in 0..<shape[2] {
          for part in 0..<shape[3] {
            func index(_ row: Int, _ column: Int) -> Int {
              ((slice * shape[1] + row) * shape[2] + column) * shape[3] + part
            }
            rolled[index((row + shape[1] / 2) % shape[1], (column + shape[2] / 2) % shape[2])] =
              values[index(row, column)]
          }
        }
      }
    }
    let path = folder.file("centred.h5")
    let file = try HDF5File(creating: path)
    try file.createDataset("kspace", shape: shape, type: .float).write(rolled)
    try file.close()
    let scan = try ScanFile.open(path)
    #expect(scan.remarks["k-space centre in the file"] == "the middle")
    let phantom = try ScanFixture.load()
    for slice in 0..<phantom.slices {
      let image = try imageOf(scan, slice: slice)
      #expect(relativeDifference(image, phantom.image(slice), scaled: true) < 1e-5)
    }
  }

  private func error(
    _ path: String, frame: Int = 0, whitens: Bool = false
  ) -> ScanFileError.Problem? {
    do throws(ScanFileError) {
      _ = try ScanFile.open(path, ScanFile.Options(frame: frame, whitens: whitens))
      return nil
    } catch {
      return error.problem
    }
  }
}
