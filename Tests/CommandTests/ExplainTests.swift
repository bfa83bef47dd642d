import Foundation
import TestSupport
import Testing

/// `mri-ilo recon --lambda` and `--explain`, as a user runs them.
@Suite struct ExplainTests {
  let folder: TemporaryFolder
  let program: Program
  init() throws {
    folder = try TemporaryFolder()
    program = Program(folder: folder.path)
    // Wide enough for columns to be held out.
    try SyntheticScan(slices: 1, columns: 140).write(folder.file("scan.h5"))
  }

  private func record() throws -> [String: Any] {
    let json = try JSONSerialization.jsonObject(
      with: Data(try folder.text("recon-scan/record.json").utf8))
    return try #require(json as? [String: Any])
  }

  /// The first method's first slice in the record.
  private func slice() throws -> [String: Any] {
    let methods = try #require(try record()["methods"] as? [[String: Any]])
    return try #require((methods[0]["slices"] as? [[String: Any]])?.first)
  }

  @Test func aWeightFromTheDataIsSaidAndRecorded() throws {
    let outcome = try program.run(
      "recon", "scan.h5", "--accel", "3", "--seed", "1", "--method", "sense,zero-filled",
      "--lambda", "auto", "--explain")
    #expect(outcome.status == 0, "\(outcome.errors)")
    for words in [
      "What was chosen, and why", "stopping: after 30 iterations", "slice 0\n  noise: ",
      "sense: regularisation ", "held-out columns, in 4 folds", "  <\n",
    ] {
      #expect(outcome.output.contains(words), "\(words) in \(outcome.output)")
    }
    let settings = try #require(try record()["settings"] as? [String: [String: Any]])
    #expect(settings["sense"]?["regularisation"] as? String == "auto")
    let slice = try slice()
    let choice = try #require((slice["choices"] as? [[String: Any]])?.first)
    let weight = try #require(choice["weight"] as? Double)
    #expect((slice["chosen"] as? [String: Double])?["regularisation"] == weight)
    let candidates = try #require(choice["candidates"] as? [[String: Double]])
    #expect(candidates.count >= 3)
    let best = try #require(candidates.min { ($0["error"] ?? .nan) < ($1["error"] ?? .nan) })
    #expect(best["weight"] == weight)
  }

  @Test func theNoiseIsThatOfTheScan() throws {
    try SyntheticScan(slices: 1, rows: 128, columns: 140, noise: 0.05).write(folder.file("scan.h5"))
    let outcome = try program.run(
      "recon", "scan.h5", "--accel", "2", "--seed", "1", "--method", "zero-filled")
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(!outcome.output.contains("What was chosen"))
    let noise = try #require((try record()["noise"] as? [[String: Any]])?.first)
    let deviations = try #require(noise["deviations"] as? [Double])
    #expect(deviations.count == 4)
    let mean = deviations.reduce(0, +) / 4
    // SyntheticScan's noise of 0.05 in units of 1e-6.
    #expect(abs(mean / 5e-8 - 1) < 0.15, "\(mean)")
  }

  @Test func aNumberIsTheWeight() throws {
    let outcome = try program.run(
      "recon", "scan.h5", "--accel", "3", "--method", "sense", "--lambda", "0.5", "--explain")
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("sense: regularisation 0.5: given as a setting"))
    let settings = try #require(try record()["settings"] as? [String: [String: Any]])
    #expect(settings["sense"]?["regularisation"] as? Double == 0.5)
  }

  @Test func theDiscrepancyPrincipleTakesTheNoise() throws {
    let outcome = try program.run(
      "recon", "scan.h5", "--accel", "3", "--seed", "1", "--method", "sense", "--lambda",
      "discrepancy", "--explain")
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("over what their noise accounts for"))
  }

  @Test(arguments: [
    (["--lambda", "soft"], "give a number of 0 or more, auto or discrepancy"),
    (["--lambda=-1"], "give a number of 0 or more, auto or discrepancy"),
    (
      ["--lambda", "auto", "--method", "zero-filled"],
      "none of the methods zero-filled has such a weight; sense, l1-wavelet, tv, tgv have"
    ),
  ])
  func badWeights(arguments: [String], words: String) throws {
    let outcome = try program.started(["recon", "scan.h5", "--accel", "3"] + arguments).outcome()
    #expect(outcome.status != 0)
    #expect(outcome.errors.contains(words), "\(outcome.errors)")
    #expect(folder.names == ["scan.h5"])
  }
}
