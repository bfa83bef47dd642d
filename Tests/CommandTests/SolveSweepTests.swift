import Foundation
import TestSupport
import Testing

@Suite struct SolveSweepTests {
  let folder: TemporaryFolder
  let program: Program
  init() throws {
    folder = try TemporaryFolder()
    program = Program(folder: folder.path)
    try TinyWeights.write(folder.file("tiny.safetensors"), channels: 2)
    try SyntheticStack().write(folder.file("stack.h5"))
  }

  private func write(_ methods: String, to name: String = "p.yaml") throws {
    try folder.write(
      Data(
        """
        version: 1
        name: some
        images: {file: stack.h5, split: test, slices: 0-1}
        seeds: 3
        tasks:
          - {task: inpaint, keep: [0.3, 0.6], noise: 0.02}
          - {task: superres, factor: 2}
        methods:
        \(methods)
        """.utf8), name)
  }

  /// The table's cells without the last column, the seconds.
  private func rows(_ file: String) throws -> [[String]] {
    try folder.text(file).split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false).dropLast().map(String.init)
    }
  }

  @Test func aSweepIsWhatSolveGivesAndGoesOnWhereItWas() throws {
    try write(
      "  - {name: tikhonov}\n  - {name: adjoint}\n  - {name: tv, settings: {iterations: 9, regularisation: 0.01}}"
    )
    func run() throws -> String {
      let outcome = try program.run("solve-sweep", "p.yaml", "-o", "run")
      #expect(outcome.status == 0, "\(outcome.errors)")
      return outcome.output
    }
    // Two levels with three methods, one task that `adjoint` does not suit, two images.
    #expect(try run().contains("16 jobs"))
    let table = try rows("run/results.csv")
    #expect(table.count == 17)
    #expect(table[0].suffix(4) == ["method", "psnr", "ssim", "nmse"])
    let solved = try program.run(
      "solve", "superres", "stack.h5", "--split", "test", "--slices", "0", "--factor", "2",
      "--seed", "3", "--method", "tikhonov", "-o", "one")
    #expect(solved.status == 0, "\(solved.errors)")
    let psnr = try rows("one/metrics.csv")[1][8]
    #expect(table.contains { $0[0] == "superres" && $0[8] == "tikhonov" && $0[9] == psnr })
    let summary = try rows("run/summary.csv")
    #expect(summary.count == 1 + 3 + 3 + 2)
    // Two images of one subject have a deviation and no interval.
    #expect(
      summary[0].prefix(12).suffix(5) == [
        "subjects", "psnr", "psnr_deviation", "psnr_low", "psnr_high",
      ])
    #expect(summary.dropFirst().allSatisfy { $0[6] == "2" && $0[7] == "1" && !$0[9].isEmpty })
    #expect(summary.dropFirst().allSatisfy { $0[10].isEmpty && $0[11].isEmpty })
    let page = try folder.text("run/report.html")
    for words in [
      "In-painting, random, gaussian noise of 0.02", "Super-resolution, bicubic, no noise", "<svg",
      "tikhonov",
    ] {
      #expect(page.contains(words))
    }

    // One result is lost and one damaged: both are made again, and nothing else.
    let jobs = folder.names(in: "run/jobs")
    #expect(jobs.count == 16)
    try FileManager.default.removeItem(atPath: folder.file("run/jobs/\(jobs[0])"))
    try folder.write(Data("{}".utf8), "run/jobs/\(jobs[1])")
    #expect(try run().contains("Done: 2, before: 14."))
    #expect(try rows("run/results.csv") == table)
    // A method more leaves what was done.
    try write(
      "  - {name: tikhonov}\n  - {name: adjoint}\n  - {name: tv, settings: {iterations: 9, regularisation: 0.01}}\n"
        + "  - {name: tv, label: tv-short, settings: {iterations: 3}}")
    #expect(try run().contains("Done: 6, before: 16."))
  }

  @Test func generatorsRunAndBadProtocolsAreRefused() throws {
    try write("  - {name: csgm, settings: {iterations: 3, rounds: 1}}")
    let outcome = try program.run(
      "solve-sweep", "p.yaml", "--weights", "tiny.safetensors", "-o", "run")
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(try rows("run/summary.csv").count == 4)
    try write("  - {name: nothing}", to: "bad.yaml")
    for (arguments, words) in [
      (["bad.yaml"], "bad.yaml:9"), (["missing.yaml"], "no such file"),
      (["p.yaml", "--images", "gone.h5"], "gone.h5"),
    ] {
      let failed = try program.started(["solve-sweep"] + arguments + ["-o", "out"]).outcome()
      #expect(failed.status != 0)
      #expect(failed.errors.contains(words), "\(failed.errors)")
    }
    #expect(!folder.names.contains("out"))
  }
}
