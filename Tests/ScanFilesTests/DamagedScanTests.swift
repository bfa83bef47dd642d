import Arrays
import Foundation
import Numerics
import TestSupport
import Testing

@testable import ScanFiles

/// A little of what `Tests/PeerChecks/scan_fuzz.py` does at length: damaged files of every layout are
/// refused, or what is read of them is finite.
@Suite struct DamagedScanTests {
  /// Only of the readers that are ours to the last byte; those that call libhdf5, which crashes on some
  /// damage, are tried in a process of their own (`ConvertTests`).
  static let files = ["slices.cfl", "volume.ra"]
  let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  private func bytes(_ file: String) throws -> [UInt8] {
    try Array(Data(contentsOf: URL(fileURLWithPath: ScanFixture.path(file))))
  }

  /// Reads all of a scan; nil if it was refused.
  private func read(_ path: String) -> [ComplexArray]? {
    do throws(ScanFileError) {
      let scan = try ScanFile.open(path)
      var slices: [ComplexArray] = []
      for slice in 0..<scan.slices { slices.append(try scan.kspace(slice: slice)) }
      return slices
    } catch {
      #expect(error.description.hasSuffix(".") && !error.description.contains("\n"))
      return nil
    }
  }

  @Test(arguments: files) func truncatedFilesAreRefused(file: String) throws {
    let whole = try bytes(file)
    let header = file.hasSuffix(".cfl") ? String(file.dropLast(4)) + ".hdr" : nil
    for part in 0..<16 {
      try folder.write(Array(whole.prefix(whole.count * part / 16)), file)
      if let header { try folder.write(bytes(header), header) }
      #expect(read(folder.file(file)) == nil, "\(part) sixteenths")
    }
  }

  @Test(arguments: files) func flippedBitsGiveNoGarbage(file: String) throws {
    let whole = try bytes(file)
    var random = RandomStream(seed: 11)
    for round in 0..<40 {
      var damaged = whole
      let end = round % 2 == 0 ? whole.count : min(whole.count, 2048)
      for _ in 0..<1 + round % 4 {
        damaged[Int(random.uniform() * Float(end - 1))] ^= 1 << UInt8(random.uniform() * 7.99)
      }
      try folder.write(damaged, file)
      if file.hasSuffix(".cfl") {
        let header = String(file.dropLast(4)) + ".hdr"
        try folder.write(bytes(header), header)
      }
      for slice in read(folder.file(file)) ?? [] {
        let isSound =
          slice.values.allSatisfy { $0.isFinite } && slice.values.contains { $0 != .zero }
        #expect(isSound)
      }
    }
  }

  /// What a file keeps elsewhere is not followed.
  @Test func linksIntoOtherFiles() throws {
    let path = folder.file("link.h5")
    // Written by h5py: `kspace` is an external link to `other.h5`.
    try folder.write(try bytes("external-link.h5"), "link.h5")
    try folder.write(try bytes("fastmri.h5"), "other.h5")
    #expect(throws: ScanFileError(file: path, problem: .otherFile("kspace"))) {
      _ = try ScanFile.open(path)
    }
    try folder.write(try bytes("external-values.h5"), "values.h5")
    #expect(throws: ScanFileError(file: folder.file("values.h5"), problem: .otherFile("kspace"))) {
      _ = try ScanFile.open(folder.file("values.h5"))
    }
  }

  /// A small file that claims a large array is refused before memory is asked for.
  @Test func claimsBeyondTheBytes() throws {
    let path = folder.file("large.h5")
    let file = try HDF5File(creating: path)
    _ = try file.createDataset(
      "kspace", shape: [1, 64, 16_384, 16_384], type: .complex, chunk: [1, 1, 64, 64])
    try file.close()
    #expect(
      throws: ScanFileError(
        file: path,
        problem: .implausibleSize(
          object: "dataset 'kspace'", shape: [1, 64, 16_384, 16_384]))
    ) { _ = try ScanFile.open(path) }
  }
}
