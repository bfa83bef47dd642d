import Arrays
import Foundation
import Numerics
import ScanFiles
import TestSupport
import Testing

/// Partial Fourier, zero-padding and sets of coil maps in `recon` and `inspect`, as a user gives them.
@Suite struct ReadingCommandTests {
  let folder: TemporaryFolder
  let program: Program
  init() throws {
    folder = try TemporaryFolder()
    program = Program(folder: folder.path)
  }

  private func json(_ name: String) throws -> [String: Any] {
    let data = try Data(contentsOf: URL(fileURLWithPath: folder.file("\(name)/record.json")))
    return try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
  }

  private func images(_ name: String, _ dataset: String) throws -> [Float] {
    try HDF5File(reading: folder.file("\(name)/recon.h5")).dataset(dataset).floats()
  }

  /// ‖a − b‖ / ‖b‖.
  private func distance(_ a: [Float], _ b: [Float]) -> Double {
    var (error, energy) = (0.0, 0.0)
    for (a, b) in zip(a, b) {
      error += Double(a - b) * Double(a - b)
      energy += Double(b) * Double(b)
    }
    return (error / energy).squareRoot()
  }

  /// A scan of 28 of 40 columns, its reference nearer to that of all columns when it is filled.
  @Test(arguments: ["homodyne", "pocs"]) func partialFourierIsDeclaredAndFilled(
    filling: String
  ) throws {
    var scan = SyntheticScan()
    scan.noise = 0.001
    try scan.write(folder.file("full.h5"))
    scan.acquired = 12..<40
    try scan.write(folder.file("part.h5"))
    let said = try program.run("inspect", "part.h5")
    #expect(said.output.contains("70 % of the phase encoding (columns 12 to 39 of 40)"))
    #expect(said.output.contains("full: 28 of 28 columns"))
    #expect(try !program.run("inspect", "full.h5").output.contains("partial Fourier"))

    func recon(_ file: String, _ name: String, _ options: [String]) throws -> Program.Outcome {
      let outcome = try program.started(
        ["recon", file, "--method", "zero-filled", "--reference", "rss", "-o", name] + options
      ).outcome()
      #expect(outcome.status == 0, "\(outcome.errors)")
      return outcome
    }
    _ = try recon("full.h5", "full", [])
    let zero = try recon("part.h5", "zero", [])
    let filled = try recon("part.h5", "filled", ["--partial-fourier", filling])
    #expect(zero.output.contains("partial Fourier: 70 % of the phase encoding"))
    #expect(zero.output.contains("the rest is zero"))
    #expect(!filled.output.contains("the rest is zero") && filled.errors == "")
    for dataset in ["reference", "reconstruction"] {
      let truth = try images("full", dataset)
      let (without, with) = (
        distance(try images("zero", dataset), truth), distance(try images("filled", dataset), truth)
      )
      #expect(with < 0.8 * without, "\(dataset): \(with) \(without)")
    }
    let record = try #require(json("filled")["partial_fourier"] as? [String: Any])
    #expect(record["filling"] as? String == filling)
    #expect(try json("full")["partial_fourier"] == nil)
    let idle = try recon("full.h5", "idle", ["--partial-fourier", filling])
    #expect(idle.errors.contains("Note: the scan is not partial Fourier"))
  }

  /// The image that the header declares, in every file for viewers; figures as before.
  @Test func zeroPadding() throws {
    var scan = SyntheticScan()
    scan.image = (80, 96)
    try scan.write(folder.file("scan.h5"))
    #expect(
      try program.run("inspect", "scan.h5").output.contains(
        "32 × 40; zero-padded to 80 × 96 as the header declares"))
    for (name, options) in [("declared", []), ("acquired", ["--matrix", "acquired"])] {
      let outcome = try program.started(
        ["recon", "scan.h5", "--method", "zero-filled", "--nifti", "--cfl", "--dicom", "-o", name]
          + options
      ).outcome()
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(outcome.output.contains("80 × 96 as the header declares") == options.isEmpty)
    }
    let file = try HDF5File(reading: folder.file("declared/recon.h5"))
    #expect(try file.dataset("reconstruction").shape == [2, 32, 40])
    #expect(try file.dataset("zero_padded").shape == [2, 80, 96])
    #expect(try images("declared", "reconstruction") == images("acquired", "reconstruction"))
    let tables = try ["declared", "acquired"].map {
      try String(contentsOfFile: folder.file("\($0)/metrics_volume.csv"), encoding: .utf8)
        .split(separator: "\n").map { $0.split(separator: ",").prefix(4) }
    }
    #expect(tables[0] == tables[1])
    let (fine, coarse) = (
      try NIfTIVolume(path: folder.file("declared/recon.nii.gz")),
      try NIfTIVolume(path: folder.file("acquired/recon.nii.gz"))
    )
    #expect((fine.rows, fine.columns) == (80, 96) && (coarse.rows, coarse.columns) == (32, 40))
    #expect(!folder.names(in: "acquired").contains("zero_padded"))
    let header = try String(contentsOfFile: folder.file("declared/recon.hdr"), encoding: .utf8)
    #expect(header.contains("80 96"))
    #expect(folder.names(in: "declared/dicom-zero-filled").count == 2)
    // The same brightness, and the same values where the two grids meet.
    let values = try file.dataset("zero_padded").floats()
    let (mean, before) = (
      values.reduce(0, +) / Float(values.count),
      try images("declared", "reconstruction").reduce(0, +) / Float(2 * 32 * 40)
    )
    #expect(abs(mean / before - 1) < 0.05)
    let middle = try images("declared", "reconstruction")[16 * 40 + 20]
    #expect(abs(values[40 * 96 + 48] / middle - 1) < 1e-4)
  }

  /// Two sets where the object is larger than the field of view; a warning where they were not asked for.
  @Test func mapSets() throws {
    let scan = FoldedCoils(rows: 96, columns: 80)
    let writer = try HDF5File(creating: folder.file("large.h5"))
    try writer.createDataset("kspace", shape: [1] + scan.kspace.shape, type: .complex)
      .write(scan.kspace.values)
    try writer.close()
    func nmse(_ name: String, _ options: [String]) throws -> (Double, Program.Outcome) {
      let outcome = try program.started(
        [
          "recon", "large.h5", "--accel", "2", "--mask", "equispaced", "--seed", "1",
          "--center-fraction", "0.25", "--method", "sense", "--lambda", "0.002", "--reference",
          "rss", "-o", name,
        ] + options
      ).outcome()
      #expect(outcome.status == 0, "\(outcome.errors)")
      let record = try json(name)
      let methods = try #require(record["methods"] as? [[String: Any]])
      let volume = try #require(methods[0]["volume"] as? [String: Any])
      return (try #require(volume["nmse"] as? Double), outcome)
    }
    #expect(
      try program.run("inspect", "large.h5").output.contains("as where it is larger than the field")
    )
    let (one, plain) = try nmse("one", [])
    let (two, joint) = try nmse("two", ["--maps", "2"])
    #expect(two < 0.5 * one, "\(two) \(one)")
    #expect(plain.errors.contains("try --maps 2") && joint.errors == "")
    #expect(joint.output.contains("coil maps: 2 sets"))
    let file = try HDF5File(reading: folder.file("two/recon.h5"))
    #expect(try file.dataset("coil_maps_2").shape == [1, 8, 96, 80])
    #expect(try (json("two")["map_sets"] as? [String: Any])?["sets"] as? Int == 2)
  }

  @Test(arguments: [
    (["--partial-fourier", "guess"], "--partial-fourier guess: choose zero, homodyne or pocs"),
    (["--matrix", "512"], "--matrix 512: choose declared or acquired"),
    (["--maps", "0"], "--maps 0: give 1 to 4"), (["--maps", "two"], "'two' is invalid"),
    (["--maps", "2", "--trust"], "--trust knows one set of coil maps"),
  ])
  func whatCannotBeIsRefused(options: [String], words: String) throws {
    try SyntheticScan().write(folder.file("scan.h5"))
    let outcome = try program.started(["recon", "scan.h5", "-o", "out"] + options).outcome()
    #expect(outcome.status == 64 && outcome.errors.contains(words), "\(outcome.errors)")
    #expect(folder.names == ["scan.h5"])
  }

  /// Two axes at once are more than homodyne detection knows.
  @Test func homodyneKnowsOneAxis() throws {
    let raw = fixturePath("scans/raw-odd.h5")
    let refused = try program.run(
      "recon", raw, "--method", "zero-filled", "--partial-fourier", "homodyne", "-o", "out")
    #expect(refused.status == 1 && refused.errors.contains("choose pocs"), "\(refused.errors)")
    let filled = try program.run(
      "recon", raw, "--method", "zero-filled", "--partial-fourier", "pocs", "-o", "out")
    #expect(filled.status == 0, "\(filled.errors)")
    #expect(filled.output.contains("of the phase encoding") && filled.output.contains("readout"))
  }
}
