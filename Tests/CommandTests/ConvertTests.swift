import Arrays
import Foundation
import Numerics
import ScanFiles
import TestSupport
import Testing

/// `mri-ilo convert`, and `recon` on layouts other than fastMRI's, as a user runs them.
@Suite struct ConvertTests {
  let folder: TemporaryFolder
  let program: Program
  init() throws {
    folder = try TemporaryFolder()
    program = Program(folder: folder.path)
  }

  private func fixture(_ name: String) -> String { fixturePath("scans/" + name) }

  /// To BART and back, nothing changes but what BART cannot hold.
  @Test func thereAndBack() throws {
    let there = try program.run("convert", fixture("raw.h5"), "there.cfl")
    #expect(there.status == 0, "\(there.errors)")
    #expect(there.output == "Wrote there.cfl: 2 slices, 3 coils, from ISMRMRD.\n")
    #expect(there.errors.contains("Note: the orientation of the slices is not kept."))
    #expect(there.errors.contains("Note: the readout oversampling is removed."))
    let back = try program.run("convert", "there.hdr", "back.h5")
    #expect(back.status == 0 && back.errors == "")
    #expect(folder.names == ["back.h5", "there.cfl", "there.hdr"])
    let first = ReadoutCroppedScan(try ScanFile.open(fixture("raw.h5")))
    let last = try ScanFile.open(folder.file("back.h5"))
    #expect(last.layout == .fastMRI && last.isFullySampled)
    for slice in 0..<2 { #expect(try first.kspace(slice: slice) == last.kspace(slice: slice)) }
  }

  /// Padding and sampling survive the way to fastMRI's layout.
  @Test func samplingAndHeaderAreKept() throws {
    #expect(try program.run("convert", fixture("raw-odd.h5"), "odd.h5").status == 0)
    let odd = try ScanFile.open(folder.file("odd.h5"))
    #expect(odd.acquiredColumns == 4..<20 && odd.isFullySampled && odd.storedMask == nil)
    #expect(odd.pixelSize?.columns == 3)
    var scan = SyntheticScan()
    scan.mask = (0..<40).map { $0 % 2 == 0 || (15..<26).contains($0) }
    try scan.write(folder.file("scan.h5"))
    for output in ["a.h5", "a.cfl"] {
      #expect(try program.run("convert", "scan.h5", output).status == 0)
      let copy = try ScanFile.open(folder.file(output))
      #expect(copy.sampledColumns == scan.mask && !copy.isFullySampled)
    }
  }

  @Test func whatCannotBeWrittenIsRefused() throws {
    for (arguments, words) in [
      ([fixture("fastmri.h5"), "a.nii"], "end it in .h5 (fastMRI), .mrd (ISMRMRD), .cfl or .ra"),
      (["none.h5", "a.h5"], "no such file"),
      ([fixture("skm-tea.h5"), "a.h5", "--frame", "2"], "has no frame 2; choose one from 0 to 1"),
      ([fixture("fastmri.h5"), "missing/a.cfl"], "could not be written"),
    ] {
      let outcome = try program.started(["convert"] + arguments).outcome()
      #expect(outcome.status == 1 && outcome.errors.contains(words), "\(outcome.errors)")
      #expect(folder.names == [])
    }
    try FileManager.default.copyItem(
      atPath: fixture("fastmri.h5"), toPath: folder.file("scan.h5"))
    let own = try program.run("convert", "scan.h5", "scan.h5")
    #expect(own.status == 1 && own.errors.contains("would replace the scan"))
    #expect(try ScanFile.open(folder.file("scan.h5")).slices == 2)
  }

  /// `recon` writes NIfTI and BART beside its own file, and says what NIfTI cannot tell.
  @Test func reconExports() throws {
    let outcome = try program.run(
      "recon", fixture("cmrxrecon.mat"), "--frame", "1", "--method", "zero-filled", "--nifti",
      "--cfl", "-o", "out")
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("frame 1 of 2"))
    #expect(outcome.errors.contains("the scan states no extents"))
    #expect(
      folder.names(in: "out").filter { $0.hasPrefix("recon.") } == [
        "recon.cfl", "recon.h5", "recon.hdr", "recon.nii.gz",
      ])
    let images = try HDF5File(reading: folder.file("out/recon.h5")).dataset("reconstruction")
    let volume = try NIfTIVolume(path: folder.file("out/recon.nii.gz"))
    #expect([volume.slices, volume.rows, volume.columns] == images.shape)
    let values = try images.floats()
    try volume.read([0, 1]) { slice, image in
      #expect(image.values == Array(values[slice * 480..<(slice + 1) * 480]))
    }
  }

  @Test func prewhiteningIsOnRequest() throws {
    let corners = try program.run(
      "recon", fixture("fastmri.h5"), "--method", "zero-filled", "--whiten", "-o", "out")
    #expect(corners.status == 0, "\(corners.errors)")
    #expect(try folder.text("out/record.json").contains("prewhitened by the four corners"))
    let facts = try program.run("inspect", fixture("fastmri.h5"), "--whiten")
    #expect(facts.output.contains("prewhitened by the four corners"), "\(facts.errors)")
    let said = try program.run("inspect", fixture("raw.h5"), "--whiten")
    #expect(said.status == 0 && said.output.contains("2 readouts, coils prewhitened"))
    #expect(said.output.contains("ISMRMRD"))
  }

  /// A little of what `Tests/PeerChecks/scan_fuzz.py` does at length.
  @Test(arguments: [
    "fastmri.h5", "raw.h5", "raw-odd.h5", "raw-3d.h5", "calgary-campinas.h5", "cmrxrecon.mat",
    "skm-tea.h5",
  ])
  func flippedBitsGiveNoGarbage(file: String) throws {
    let whole = try Data(contentsOf: URL(fileURLWithPath: fixture(file)))
    var random = RandomStream(seed: 11)
    for round in 0..<6 {
      var damaged = whole
      let end = round % 2 == 0 ? whole.count : 2048
      for _ in 0..<1 + round {
        damaged[Int(random.next() % UInt64(end))] ^= 1 << UInt8(random.next() % 8)
      }
      try folder.write(damaged, file)
      let outcome = try program.run("convert", file, "out.cfl")
      guard outcome.status == 0 else {
        #expect(outcome.status == 1)
        #expect(outcome.errors.split(separator: "\n").count == 1, "\(outcome.errors)")
        #expect(folder.names == [file])
        continue
      }
      let scan = try ScanFile.open(folder.file("out.cfl"))
      for slice in 0..<scan.slices {
        let values = try scan.kspace(slice: slice).values
        let isSound = values.allSatisfy { $0.isFinite } && values.contains { $0 != .zero }
        #expect(isSound)
      }
      for name in ["out.cfl", "out.hdr"] {
        try FileManager.default.removeItem(atPath: folder.file(name))
      }
    }
  }

  @Test(arguments: [
    "fastmri.h5", "raw.h5", "raw-odd.h5", "raw-3d.h5", "calgary-campinas.h5", "cmrxrecon.mat",
    "skm-tea.h5",
  ])
  func truncatedFilesAreRefused(file: String) throws {
    let whole = try Data(contentsOf: URL(fileURLWithPath: fixture(file)))
    for part in [0, 1, 5, 9, 15] {
      try folder.write(whole.prefix(whole.count * part / 16), file)
      let outcome = try program.run("convert", file, "out.cfl")
      #expect(outcome.status == 1, "\(part) sixteenths")
      #expect(outcome.errors.split(separator: "\n").count == 1, "\(outcome.errors)")
      #expect(folder.names == [file])
    }
  }

  /// One bit is wrong in where a list of samples lies; libhdf5 1.10 crashes on it.
  @Test func whatLibhdf5CannotSurviveIsADamagedFile() throws {
    var bytes = try Data(contentsOf: URL(fileURLWithPath: fixture("raw-odd.h5")))
    bytes[24_335] ^= 32
    try folder.write(bytes, "raw.h5")
    for arguments in [
      ["convert", "raw.h5", "a.h5"], ["recon", "raw.h5", "--method", "zero-filled"],
      ["inspect", "raw.h5"],
    ] {
      let outcome = try program.started(arguments).outcome()
      #expect(outcome.status == 1)
      #expect(outcome.errors.contains("truncated or damaged"), "\(outcome.errors)")
      #expect(outcome.errors.split(separator: "\n").count == 1)
      #expect(folder.names == ["raw.h5"])
    }
  }

  /// What is wrong with the last slice of an undersampled scan shows before any is reconstructed.
  @Test func theLastSliceIsReadFirst() throws {
    var scan = SyntheticScan()
    scan.mask = (0..<40).map { $0 % 2 == 0 || (15..<26).contains($0) }
    scan.spoil = { $0.values[$0.count - 2] = Complex(.nan, 0) }
    try scan.write(folder.file("scan.h5"))
    let outcome = try program.run("recon", "scan.h5", "--method", "zero-filled")
    #expect(outcome.status == 1 && outcome.errors.contains("slice 1, coil 3 is not a finite"))
    #expect(folder.names == ["scan.h5"])
  }
}
