import Arrays
import Foundation
import TestSupport
import Testing

/// A sweep that is stopped, in whatever way, goes on where it was and gives the same tables.
@Suite struct SweepResumeTests {
  @Test func tenSuddenDeaths() throws {
    let sweep = try TinySweep(masks: 600)
    #expect(try sweep.run("whole", "--workers", "1").status == 0)
    var random = RandomStream(seed: 1)
    var deaths = 0
    var least = 0
    for round in 0..<10 {
      let running = try sweep.started("killed", ["--workers", "2"])
      if round % 3 == 0 {
        // Somewhere between the start of the program and the first jobs.
        usleep(UInt32(random.uniform() * 150_000))
      } else {
        least += 1 + Int(random.uniform() * 15)
        #expect(eventually { sweep.done("killed").count >= least || !running.process.isRunning })
      }
      kill(running.process.processIdentifier, SIGKILL)
      // Comes back only when no worker holds the other end of the pipes.
      let outcome = running.outcome()
      if outcome.status == SIGKILL { deaths += 1 }
      #expect(outcome.complaints.isEmpty, "\(outcome.errors)")
      #expect(eventually { sweep.processes("killed", "sweep-worker").isEmpty })
      least = max(least, sweep.done("killed").count)
    }
    #expect(deaths >= 6)
    let last = try sweep.run("killed", "--workers", "2")
    #expect(last.status == 0)
    #expect(last.output.contains("1200 of 1200 jobs done, 0 failed."))
    try sweep.expectSameTables("killed", "whole")
    for folder in ["jobs", "images", "references", "failures", "."] {
      #expect(!sweep.folder.names(in: "killed/\(folder)").contains { $0.contains(".partial-") })
    }
  }

  @Test func controlC() throws {
    let sweep = try TinySweep(masks: 1000)
    #expect(try sweep.run("whole").status == 0)
    let running = try sweep.started("stopped", ["--workers", "2"])
    #expect(eventually { sweep.done("stopped").count >= 5 })
    kill(running.process.processIdentifier, SIGINT)
    expectOneSentence(running.outcome(), "what is done stays done", status: 130)
    let before = sweep.done("stopped")
    #expect(before.count < 2000)
    #expect(sweep.processes("stopped", "sweep-worker").isEmpty)
    let numbers = try before.map { try inode(sweep.folder.file("stopped/jobs/\($0).json")) }

    let outcome = try sweep.run("stopped", "--workers", "2")
    #expect(outcome.status == 0)
    #expect(outcome.output.contains("2000 jobs, \(before.count) done before"))
    // What was done has not been written again.
    #expect(
      try before.map { try inode(sweep.folder.file("stopped/jobs/\($0).json")) } == numbers)
    try sweep.expectSameTables("stopped", "whole")
  }

  private func inode(_ path: String) throws -> Int {
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    return try #require(attributes[.systemFileNumber] as? Int)
  }

  @Test func shardsTogetherAreTheWhole() throws {
    let sweep = try TinySweep(masks: 20)
    #expect(try sweep.run("whole").status == 0)
    // All three at the same time.
    let shards = try (1...3).map { try sweep.started("shared", ["--shard", "\($0)/3"]) }
    for shard in shards {
      let outcome = shard.outcome()
      #expect(outcome.status == 0 && outcome.output.contains("run without --shard at the end"))
    }
    #expect(try sweep.tables("shared").isEmpty)
    let outcome = try sweep.run("shared")
    #expect(outcome.status == 0 && outcome.output.contains("40 jobs, 40 done before"))
    try sweep.expectSameTables("shared", "whole")
  }

  @Test func twoSweepsInOneFolderAreRefused() throws {
    let sweep = try TinySweep(masks: 1000)
    let running = try sweep.started("run")
    #expect(eventually { !sweep.done("run").isEmpty })
    expectOneSentence(try sweep.run("run"), "another sweep is at work in this folder")
    kill(running.process.processIdentifier, SIGTERM)
    #expect(running.outcome().status == 130)
  }
}
