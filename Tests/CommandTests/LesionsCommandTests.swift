import Foundation
import TestSupport
import Testing

/// `mri-ilo lesions`, as a user runs it.
@Suite struct LesionsCommandTests {
  let folder: TemporaryFolder
  let program: Program
  init() throws {
    folder = try TemporaryFolder()
    program = Program(folder: folder.path)
  }

  @Test func lesionsAreCountedAndDrawn() throws {
    var scan = SyntheticScan(slices: 1)
    (scan.rows, scan.columns) = (64, 72)
    try scan.write(folder.file("scan.h5"))
    let outcome = try program.run(
      "lesions", "scan.h5", "--accel", "2", "--diameters", "3,6", "--contrasts", "50", "--method",
      "sense,zero-filled")
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(
      folder.names(in: "lesions") == [
        "lesions-000-2x.png", "lesions.csv", "lesions.md", "lesions_summary.csv", "record.json",
      ])
    let lines = try folder.text("lesions/lesions.csv").split(separator: "\n").map {
      $0.split(separator: ",").map(String.init)
    }
    let columns = Dictionary(uniqueKeysWithValues: lines[0].enumerated().map { ($1, $0) })
    func value(_ line: [String], _ name: String) -> Double? {
      columns[name].flatMap { Double(line[$0]) }
    }
    let sense = lines.dropFirst().filter { $0.contains("sense") }
    #expect(sense.count >= 2)
    // At 2x with four coils next to nothing is lost, and the noise is small.
    for line in sense {
      #expect((value(line, "recovered") ?? 0) > 0.7 && value(line, "survived") == 1)
      #expect(value(line, "invented") == 0)
    }
    #expect(outcome.output.contains("| sense | ±50 % | 100 / 0"))
    let again = try program.run(
      "lesions", "scan.h5", "--accel", "2", "--diameters", "3,6", "--contrasts", "50", "--method",
      "sense,zero-filled", "-o", "again", "--threads", "1")
    #expect(again.status == 0)
    #expect(try folder.text("again/lesions.csv") == folder.text("lesions/lesions.csv"))
  }

  @Test func wrongInputsAreNamed() throws {
    try SyntheticScan(mask: (0..<40).map { $0 % 2 == 0 || (14..<26).contains($0) }).write(
      folder.file("under.h5"))
    let undersampled = try program.run("lesions", "under.h5", "--method", "sense")
    #expect(undersampled.status != 0)
    #expect(undersampled.errors.contains("under.h5: the scan is undersampled already"))
    for (arguments, words) in [
      (["under.h5", "--accel", "4,x", "--method", "sense"], "'x' is no number"),
      (["under.h5", "--contrasts", "0", "--method", "sense"], "contrasts"),
      (["under.h5", "--method", "none"], "no method named 'none'"),
      (["missing.h5", "--method", "sense"], "missing.h5"),
    ] {
      let outcome = try program.started(["lesions"] + arguments).outcome()
      #expect(outcome.status != 0 && outcome.errors.contains(words), "\(outcome.errors)")
    }
    #expect(!folder.names.contains("lesions"))
  }

  @Test func aSpreadIsAskedForWithTrustAlone() throws {
    try SyntheticScan().write(folder.file("scan.h5"))
    for (arguments, words) in [
      (["--spread", "4"], "--trust"), (["--spread", "1", "--trust"], "2 to 256"),
      (["--spread", "4", "--trust", "--method", "sense,ilo"], "only ilo can draw"),
    ] {
      let outcome = try program.started(["recon", "scan.h5", "--accel", "3"] + arguments).outcome()
      #expect(outcome.status != 0 && outcome.errors.contains(words), "\(outcome.errors)")
    }
    try TinyWeights.write(folder.file("tiny.safetensors"))
    let outcome = try program.run(
      "weights", "spread", "tiny.safetensors", "scan.h5", "-o", "out.safetensors")
    #expect(outcome.status != 0 && outcome.errors.contains("scan.h5"))
    #expect(!folder.names.contains("out.safetensors"))
  }
}
