import Arrays
import Foundation
import ScanFiles
import TestSupport
import Testing

/// `--coils` of `recon` and `convert`, and the keys of a sweep, as a user gives them.
@Suite struct CoilCompressionCommandTests {
  let folder: TemporaryFolder
  let program: Program
  init() throws {
    folder = try TemporaryFolder()
    program = Program(folder: folder.path)
    try SyntheticScan(coils: 6).write(folder.file("scan.h5"))
  }

  private struct Record: Decodable {
    struct Compression: Decodable {
      var kind: String
      var coils: Int
      var virtual_coils: Int
      var energy_kept: Double
    }
    struct Method: Decodable {
      struct Figures: Decodable { var nmse: Double }
      var volume: Figures?
    }
    var coil_compression: Compression?
    var methods: [Method]
  }

  private func record(_ name: String) throws -> Record {
    try JSONDecoder().decode(
      Record.self, from: Data(contentsOf: URL(fileURLWithPath: folder.file("\(name)/record.json"))))
  }

  @Test(arguments: ["svd", "geometric"]) func reconSaysWhatIsKept(kind: String) throws {
    let outcome = try program.run(
      "recon", "scan.h5", "--accel", "2", "--center-fraction", "0.3", "--method",
      "zero-filled,sense", "--coils", "3", "--compression", kind, "-o", "out")
    #expect(outcome.status == 0, "\(outcome.errors)")
    let said = try #require(
      outcome.output.split(separator: "\n").first { $0.hasPrefix("coils: ") })
    #expect(said.hasPrefix("coils: 6 coils to 3 virtual ones (\(kind)), 9"), "\(said)")
    #expect(said.hasSuffix("% of the energy of the calibration lines kept"))
    let compression = try #require(try record("out").coil_compression)
    #expect(compression.kind == kind && compression.coils == 6)
    #expect(compression.virtual_coils == 3 && (0.9..<1).contains(compression.energy_kept))
    let file = try HDF5File(reading: folder.file("out/recon.h5"))
    #expect(try file.dataset("coil_maps").shape == [2, 3, 32, 40])
    #expect(file.attribute("coil_compression")?.string?.contains("3 virtual") == true)
  }

  /// Figures are against the image of all coils: fewer virtual coils, larger errors.
  @Test func figuresCountWhatIsLost() throws {
    func error(_ coils: String) throws -> Double {
      let outcome = try program.run(
        "recon", "scan.h5", "--method", "zero-filled", "--coils", coils, "-o", "out\(coils)")
      #expect(outcome.status == 0, "\(outcome.errors)")
      return try #require(record("out\(coils)").methods.first?.volume?.nmse)
    }
    let errors = try ["6", "4", "2", "1"].map { try error($0) }
    #expect(errors == errors.sorted() && errors[0] < 1e-4 && errors[3] > 1e-3)
  }

  @Test func aShareOfTheEnergy() throws {
    let outcome = try program.run(
      "recon", "scan.h5", "--method", "zero-filled", "--coils", "95%", "-o", "out")
    #expect(outcome.status == 0, "\(outcome.errors)")
    let compression = try #require(try record("out").coil_compression)
    #expect(compression.energy_kept >= 0.95 && compression.virtual_coils < 6)
    #expect(try program.run("recon", "scan.h5", "--method", "zero-filled", "-o", "all").status == 0)
    #expect(try record("all").coil_compression == nil)
  }

  @Test func convertWritesFewerCoils() throws {
    let outcome = try program.run(
      "convert", "scan.h5", "small.h5", "--coils", "3", "--compression", "geometric")
    #expect(outcome.status == 0 && outcome.output.contains("2 slices, 3 coils"))
    #expect(outcome.output.contains("Coils: 6 coils to 3 virtual ones (geometric), 9"))
    let small = try ScanFile.open(folder.file("small.h5"))
    #expect(small.coils == 3 && small.columns == 40 && small.isFullySampled)
    let (whole, kept) = (
      try ScanFile.open(folder.file("scan.h5")).kspace(slice: 1).squaredNorm,
      try small.kspace(slice: 1).squaredNorm
    )
    #expect(kept < whole && kept > 0.9 * whole)
  }

  @Test(arguments: [
    (["--coils", "0"], Int32(64), "--coils 0: give a number of 1 or more"),
    (["--coils", "few"], 64, "--coils few: give a number of 1 or more"),
    (["--coils", "120%"], 64, "--coils 120%: give"),
    (["--coils", "2", "--compression", "pca"], 64, "--compression pca: choose svd or geometric"),
    (["--compression", "svd"], 64, "--compression needs --coils"),
    (["--coils", "7"], 1, "scan.h5: cannot be compressed to 7 coils, for it has 6; give 1 to 6"),
  ])
  func whatCannotBeIsRefused(arguments: [String], status: Int32, words: String) throws {
    for command in [
      ["recon", "scan.h5", "--method", "zero-filled", "-o", "out"], ["convert", "scan.h5", "a.h5"],
    ] {
      let outcome = try program.started(command + arguments).outcome()
      #expect(outcome.status == status && outcome.errors.contains(words), "\(outcome.errors)")
      #expect(folder.names == ["scan.h5"])
    }
  }

  /// A sweep over compressed coils is another experiment, with other jobs and other figures.
  @Test func sweeps() throws {
    let sweep = try TinySweep(masks: 1)
    #expect(try sweep.run("all").status == 0)
    let plain = sweep.text
    sweep.text = plain + "coils: 2\ncompression: geometric\n"
    try sweep.writeProtocol()
    #expect(try sweep.run("two").status == 0)
    #expect(Set(sweep.done("all")).isDisjoint(with: sweep.done("two")))
    #expect(sweep.done("two").count == 2)
    #expect(try sweep.tables("all")["results.csv"] != sweep.tables("two")["results.csv"])
    let job = try #require(sweep.done("two").first)
    let text = try String(
      contentsOfFile: sweep.folder.file("two/jobs/\(job).json"), encoding: .utf8)
    #expect(text.contains("coil_energy_kept"))
    for (addition, words) in [
      ("coils: 5", "cannot be compressed to 5 coils, for it has 4"),
      ("coils: none", "must be a number of 1 or more"),
      ("compression: svd", "needs the key 'coils'"),
    ] {
      sweep.text = plain + addition + "\n"
      try sweep.writeProtocol()
      expectOneSentence(try sweep.run("bad"), words)
    }
  }
}
