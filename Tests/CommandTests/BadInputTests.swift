import Arrays
import Experiments
import Foundation
import Generators
import Numerics
import ScanFiles
import TestSupport
import Testing

/// Every wrong input ends with one sentence, a status that is not 0, and no output.
@Suite struct BadInputTests {
  let folder: TemporaryFolder
  let program: Program
  init() throws {
    folder = try TemporaryFolder()
    program = Program(folder: folder.path)
  }

  /// Runs `recon` on scan.h5 and checks that it is refused with a sentence that holds `words`.
  private func expectRefusal(
    _ words: String, _ arguments: [String] = ["--accel", "3"],
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let before = folder.names
    let outcome = try program.started(
      ["recon", "scan.h5", "--method", "zero-filled"] + arguments
    ).outcome()
    expectSentence(outcome, words, sourceLocation: sourceLocation)
    #expect(folder.names == before, sourceLocation: sourceLocation)
  }

  private func expectSentence(
    _ outcome: Program.Outcome, _ words: String, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(outcome.status != 0 && outcome.status < 128, sourceLocation: sourceLocation)
    #expect(outcome.errors.contains(words), sourceLocation: sourceLocation)
    #expect(
      outcome.errors.split(separator: "\n").count == 1, "\(outcome.errors)",
      sourceLocation: sourceLocation)
  }

  @Test func noFile() throws {
    try expectRefusal("no such file")
  }

  @Test func notHDF5() throws {
    try folder.write(Data("this is a text".utf8), "scan.h5")
    try expectRefusal("is not an HDF5 file")
    expectSentence(try program.run("inspect", "scan.h5"), "is not an HDF5 file")
  }

  @Test(arguments: [600, 20_000]) func truncated(length: Int) throws {
    try SyntheticScan().write(folder.file("scan.h5"))
    try folder.write(
      Data(contentsOf: URL(fileURLWithPath: folder.file("scan.h5"))).prefix(length), "scan.h5")
    try expectRefusal("truncated or damaged")
    expectSentence(try program.run("inspect", "scan.h5"), "truncated or damaged")
  }

  @Test func noKspace() throws {
    let file = try HDF5File(creating: folder.file("scan.h5"))
    try file.createDataset("image", shape: [2], type: .float).write([Float(1), 2])
    try file.close()
    try expectRefusal("has no dataset 'kspace' (it holds image)")
    let outcome = try program.run("inspect", "scan.h5")
    #expect(outcome.status == 0 && outcome.output.contains("real numbers, 2"))
  }

  @Test(arguments: [[40], [8, 40], [1, 1, 2, 8, 40]]) func wrongRank(shape: [Int]) throws {
    let file = try HDF5File(creating: folder.file("scan.h5"))
    try file.createDataset("kspace", shape: shape, type: .complex).write(
      Array(repeating: Complex<Float>(1, 1), count: shape.reduce(1, *)))
    try file.close()
    try expectRefusal("dataset 'kspace' has shape")
  }

  @Test func wrongType() throws {
    let file = try HDF5File(creating: folder.file("scan.h5"))
    try file.createDataset("kspace", shape: [1, 1, 8, 8], type: .float).write(
      Array(repeating: Float(1), count: 64))
    try file.close()
    try expectRefusal("holds real numbers but must hold complex numbers")
  }

  @Test(arguments: [Float.nan, .infinity]) func notFinite(value: Float) throws {
    var scan = SyntheticScan()
    scan.spoil = { $0.values[$0.count - 3] = Complex(value, 0) }
    try scan.write(folder.file("scan.h5"))
    try expectRefusal("slice 1, coil 3 is not a finite number")
  }

  @Test func emptyCoil() throws {
    var scan = SyntheticScan()
    scan.spoil = { for index in 1280..<2560 { $0.values[index] = .zero } }
    try scan.write(folder.file("scan.h5"))
    try expectRefusal("coil 1 of slice 0 holds only zeros")
  }

  @Test func allZero() throws {
    var scan = SyntheticScan()
    scan.spoil = { $0 = ComplexArray(zeros: $0.shape) }
    try scan.write(folder.file("scan.h5"))
    try expectRefusal("no column of the k-space is sampled")
  }

  @Test func maskOfAnotherLength() throws {
    let scan = SyntheticScan()
    let file = try HDF5File(creating: folder.file("scan.h5"))
    try file.createDataset("kspace", shape: scan.kspace.shape, type: .complex).write(
      scan.kspace.values)
    try file.createDataset("mask", shape: [39], type: .uint8).write(
      [UInt8](repeating: 1, count: 39))
    try file.close()
    try expectRefusal("dataset 'mask' has 39 values but the k-space has 40 columns", [])
  }

  @Test(arguments: [
    (["--accel", "0"], "acceleration is 0.0; give a number of at least 1"),
    (["--accel", "nan"], "acceleration is nan"),
    (["--accel", "41"], "an acceleration of 41 leaves no calibration line of 40 columns"),
    (["--accel", "41", "--center-fraction", "0.1"], "cannot reach acceleration 41.0 with 40 "),
    (["--accel", "3", "--weights", "w"], "none of the methods zero-filled uses weights"),
    (["--accel", "4", "--center-fraction", "0.5"], "cannot reach acceleration 4.0"),
    (["--accel", "4", "--center-fraction", "1.5"], "centre fraction is 1.5"),
    (["--accel", "2.5", "--mask", "magic"], "needs a whole acceleration"),
    (["--accel", "4", "--mask", "spiral"], "no mask pattern named spiral; choose one of random"),
    (["--accel", "3", "--slices", "0-2"], "has no slice 2; choose from 0 to 1"),
    (["--accel", "3", "--slices", "first"], "'first' names no slices"),
    // One calibration line is too few for coil maps.
    (["--accel", "8", "--center-fraction", "0.025", "--seed", "1"], "raise the centre fraction"),
  ])
  func settings(arguments: [String], words: String) throws {
    try SyntheticScan().write(folder.file("scan.h5"))
    try expectRefusal(words, arguments)
  }

  @Test func unknownMethodsAreRefusedWithTheKnownOnes() throws {
    try SyntheticScan().write(folder.file("scan.h5"))
    let known = MethodChoice.all.map(\.name).joined(separator: ", ")
    expectSentence(
      try program.run("recon", "scan.h5", "--method", "zero-filled,guess"),
      "no method named 'guess'; choose from \(known)")
  }

  /// What the command line alone shows to be wrong is answered with the usage.
  @Test(arguments: [
    ["--mask", "random"], ["--center-fraction", "0.1"], ["--reference", "best"],
    ["--accel", "many"], ["--threads", "0"],
  ])
  func usage(arguments: [String]) throws {
    try SyntheticScan().write(folder.file("scan.h5"))
    let outcome = try program.started(
      ["recon", "scan.h5", "--method", "zero-filled"] + arguments
    ).outcome()
    #expect(outcome.status == 64)
    #expect(outcome.errors.contains("Usage: mri-ilo recon"))
    #expect(folder.names == ["scan.h5"])
  }

  @Test func noCalibrationLines() throws {
    var scan = SyntheticScan()
    scan.mask = (0..<40).map { $0 % 3 == 0 && $0 != 20 }
    try scan.write(folder.file("scan.h5"))
    try expectRefusal("coil maps need at least 4 neighbouring lines", [])
  }

  @Test func aSecondMaskOverTheFirst() throws {
    var scan = SyntheticScan()
    scan.mask = (0..<40).map { $0 % 2 == 0 || (15..<26).contains($0) }
    try scan.write(folder.file("scan.h5"))
    try expectRefusal("the scan is already undersampled (1.54x); leave out --accel")
  }

  @Test(arguments: ["scan.h5", "scan.h5/below", "/proc/recon"])
  func unwritableOutput(path: String) throws {
    try SyntheticScan().write(folder.file("scan.h5"))
    try expectRefusal("the output folder cannot be written", ["--accel", "3", "-o", path])
  }

  /// Limits on the file size stand for a disk that is full at several moments.
  @Test(arguments: [0, 1, 8, 32, 64, 128]) func fullDisk(blocks: Int) throws {
    try SyntheticScan().write(folder.file("scan.h5"))
    var program = program
    program.fileSizeLimit = blocks
    for output in ["new/results", "old"] {
      try? FileManager.default.createDirectory(
        atPath: folder.file("old"), withIntermediateDirectories: true)
      let outcome = try program.run(
        "recon", "scan.h5", "--method", "zero-filled", "--accel", "3", "-o", output)
      expectSentence(outcome, output)
      #expect(outcome.errors.contains("writ"))
      #expect(folder.names == ["old", "scan.h5"])
      #expect(folder.names(in: "old") == [])
    }
  }

  @Test func foreignWeights() throws {
    try folder.write(Data(repeating: 3, count: 200), "w.safetensors")
    expectSentence(
      try program.run("inspect", "w.safetensors"), "it is no whole safetensors file")
    expectSentence(try program.run("inspect", "none.safetensors"), "the file cannot be read")
  }

  @Test(.enabled(if: MethodChoice.all.contains { $0.needsWeights }))
  func reconWithoutItsWeights() throws {
    try SyntheticScan().write(folder.file("scan.h5"))
    try folder.write(Data(repeating: 3, count: 200), "foreign.safetensors")
    let name = try #require(MethodChoice.all.first { $0.needsWeights }?.name)
    for (file, words) in [
      ("none.safetensors", "there is no such weights file"),
      ("foreign.safetensors", "it is no whole safetensors file"),
    ] {
      expectSentence(
        try program.run("recon", "scan.h5", "--accel", "3", "--method", name, "--weights", file),
        words)
    }
    #expect(folder.names == ["foreign.safetensors", "scan.h5"])
  }
}
