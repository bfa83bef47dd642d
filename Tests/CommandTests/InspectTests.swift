import Experiments
import Foundation
import Generators
import TestSupport
import Testing

@Suite struct InspectTests {
  let folder: TemporaryFolder
  let program: Program
  init() throws {
    folder = try TemporaryFolder()
    program = Program(folder: folder.path)
  }

  @Test func aScanIsDescribed() throws {
    var scan = SyntheticScan(oversampling: 2, image: (24, 30), acquired: 3..<38)
    try scan.write(folder.file("full.h5"))
    let text = try program.run("inspect", "full.h5").output
    for words in [
      "fastMRI", "64 rows (readout) × 40 columns", "2x", "24 × 30",
      "3 to 37; 5 are padding", "full: 35 of 35 columns",
      "dataset kspace", "complex numbers, 2 × 4 × 64 × 40",
    ] {
      #expect(text.contains(words))
    }
    scan.acquired = nil
    scan.mask = (0..<40).map { $0 % 2 == 0 || (15..<26).contains($0) }
    try scan.write(folder.file("under.h5"))
    let other = try program.run("inspect", "under.h5").output
    #expect(
      other.contains("undersampled 1.54x: 26 of 40 columns, 13 ACS lines, by the stored mask"))
  }

  /// The noise that the synthetic scan holds is found again.
  @Test func noiseIsEstimated() throws {
    var scan = SyntheticScan(rows: 64, columns: 64)
    (scan.scale, scan.noise) = (1e-9, 0.5)
    try scan.write(folder.file("scan.h5"))
    let json = try JSONSerialization.jsonObject(
      with: Data(try program.run("inspect", "scan.h5", "--json").output.utf8))
    let noise = try #require((json as? [String: Any])?["noise"] as? Double)
    #expect(abs(noise / 5e-10 - 1) < 0.1)
  }

  @Test func installedWeightsAreFoundFromAnywhere() throws {
    let weights = WeightsFile(
      architecture: .standard,
      parameters: Array(
        repeating: 0.5, count: LadderNetwork.parameterCount(.standard)),
      notes: ["licence": "CC BY", "training_data": "test images", "seed": "1"])
    let manager = FileManager.default
    for name in ["prefix/bin", "prefix/share/mri-ilo/weights", "elsewhere"] {
      try manager.createDirectory(
        atPath: folder.file(name), withIntermediateDirectories: true)
    }
    let place = folder.file("prefix/share/mri-ilo/weights/\(WeightsLocation.defaultName)")
    let installed = folder.file("prefix/bin/mri-ilo")
    try manager.copyItem(atPath: Program.path, toPath: installed)
    try manager.createSymbolicLink(
      atPath: folder.file("elsewhere/ilo"), withDestinationPath: installed)

    for path in [installed, folder.file("elsewhere/ilo")] {
      let program = Program(folder: folder.file("elsewhere"), path: path)
      let missing = try program.run("inspect")
      #expect(missing.status != 0)
      #expect(missing.errors.contains("share/mri-ilo/weights"))
      #expect(missing.errors.contains("name a file with --weights or MRI_ILO_WEIGHTS"))
      try weights.write(to: place)
      let found = try program.run("inspect")
      #expect(found.status == 0, "\(found.errors)")
      for words in ["128, 96, 64, 32, 16", "CC BY", "test images", "training data"] {
        #expect(found.output.contains(words))
      }
      try manager.removeItem(atPath: place)
    }
  }

  @Test func versionAndHelp() throws {
    #expect(try program.run("--version").output == "\(ProgramVersion.current)\n")
    let help = try program.run("recon", "--help")
    #expect(help.status == 0)
    for option in [
      "--accel", "--mask", "--center-fraction", "--seed", "--method", "--slices", "--reference",
      "--weights", "--threads", "--output",
    ] {
      #expect(help.output.contains(option))
    }
  }
}
