import Foundation
import TestSupport
import Testing

/// A job that cannot be done is recorded and the others go on; the sweep then is no success.
@Suite struct SweepFailureTests {
  @Test func aScanOfTooFewRows() throws {
    let sweep = try TinySweep(
      scans: ["disc": TinySweep.scan, "narrow": TinySweep.narrowScan], masks: 3)
    for round in 0..<2 {
      let outcome = try sweep.run("run", "--workers", "2")
      expectOneSentence(
        outcome, "6 jobs failed, for reasons that lie in run/failures", status: 2)
      #expect(outcome.output.contains("6 of 12 jobs done, 6 failed."))
      #expect(outcome.output.contains("12 jobs, \(round * 6) done before"))
      #expect(sweep.failed("run").count == 6 && sweep.done("run").count == 6)
      for id in sweep.failed("run") {
        let text = try sweep.folder.text("run/failures/\(id).json")
        #expect(text.contains("coil maps need at least"))
      }
    }
    let table = try sweep.folder.text("run/results.csv")
    #expect(table.contains(",disc,") && !table.contains(",narrow,"))
  }

  @Test func aKilledWorkerCostsOneJobUntilTheNextRun() throws {
    let sweep = try TinySweep(masks: 1000)
    #expect(try sweep.run("whole").status == 0)
    let running = try sweep.started("run", ["--workers", "1"])
    // The search among all processes takes a while on a busy machine, the jobs do not: so it is first.
    var found: Int32?
    #expect(
      eventually {
        found = sweep.processes("run", "sweep-worker").first
        return found != nil
      })
    let worker = try #require(found)
    #expect(eventually { !sweep.done("run").isEmpty })
    kill(worker, SIGKILL)
    expectOneSentence(running.outcome(), "1 job failed", status: 2)
    let id = try #require(sweep.failed("run").first)
    #expect(sweep.failed("run").count == 1 && sweep.done("run").count == 1999)
    #expect(try sweep.folder.text("run/failures/\(id).json").contains("ended by signal 9"))

    let again = try sweep.run("run")
    #expect(again.status == 0 && again.complaints.isEmpty)
    #expect(sweep.failed("run").isEmpty)
    try sweep.expectSameTables("run", "whole")
  }

  /// A small disk fills up in the middle of the work.
  @Test(
    .enabled(if: SmallDisk.isPossible, "only root can mount a small disk"),
    arguments: ["none", "all"])
  func fullDisk(images: String) throws {
    let sweep = try TinySweep(masks: 150, images: images)
    #expect(try sweep.run("whole").status == 0)
    let disk = try SmallDisk(sweep.folder.file("disk"), size: "600k")
    let outcome = try sweep.run("disk/run", "--workers", "2")
    expectOneSentence(outcome, "No space left on device")
    #expect(outcome.errors.contains("free some space"))
    #expect(outcome.errors.contains("what is done stays done"))
    let done = sweep.done("disk/run")
    #expect(!done.isEmpty && done.count < 300)
    // Before space is freed there is nothing to be done, and nothing is lost.
    expectOneSentence(try sweep.run("disk/run"), "No space left on device")
    #expect(sweep.done("disk/run") == done)

    try disk.resize("64m")
    let last = try sweep.run("disk/run", "--workers", "2")
    #expect(last.status == 0)
    #expect(last.output.contains("300 jobs, \(done.count) done before"))
    #expect(!last.output.contains("damaged"))
    try sweep.expectSameTables("disk/run", "whole")
  }
}

/// A disk in memory of a size of its own, taken away when the value dies.
final class SmallDisk {
  private let path: String

  static let isPossible: Bool = {
    guard getuid() == 0, let folder = try? TemporaryFolder() else { return false }
    return (try? SmallDisk(folder.file("disk"), size: "64k")) != nil
  }()

  init(_ path: String, size: String) throws {
    self.path = path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    try Self.call("mount", ["-t", "tmpfs", "-o", "size=\(size)", "tmpfs", path])
  }

  deinit { try? Self.call("umount", ["-l", path]) }

  func resize(_ size: String) throws {
    try Self.call("mount", ["-o", "remount,size=\(size)", path])
  }

  private struct Refused: Error {}

  private static func call(_ command: String, _ arguments: [String]) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [command] + arguments
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw Refused() }
  }
}
