import Foundation
import TestSupport
import Testing

/// A sweep by an array of Slurm gives what a local one gives, whatever happens to its tasks.
@Suite(
  .disabled(
    if: SlurmNode.obstacle != nil, Comment(rawValue: SlurmNode.obstacle ?? "Slurm is here")))
struct SlurmTests {
  @Test func sameTablesAsLocalWorkers() throws {
    let node = try SlurmNode(largestArray: 3)
    let sweep = try TinySweep(masks: 30)
    #expect(try sweep.run("one", "--workers", "1").status == 0)
    #expect(try sweep.run("two", "--workers", "2").status == 0)
    try sweep.expectSameTables("two", "one")

    sweep.program.environment = node.environment
    let outcome = try sweep.run("slurm", "--engine", "slurm", "--tasks", "50")
    #expect(outcome.status == 0, "\(outcome.errors)")
    // Slurm takes no more than three.
    #expect(outcome.output.contains("3 tasks of Slurm, logs in slurm/slurm"))
    #expect(outcome.output.contains("60 of 60 jobs done, 0 failed."))
    #expect(logs(sweep) == 3)
    try sweep.expectSameTables("slurm", "one")

    // Nothing is left to submit.
    let again = try sweep.run("slurm", "--engine", "slurm", "--tasks", "50")
    #expect(again.status == 0 && again.output.contains("60 done before"))
    #expect(logs(sweep) == 3)
  }

  private func logs(_ sweep: TinySweep) -> Int {
    sweep.folder.names(in: "slurm/slurm").count { $0.hasSuffix(".log") }
  }

  /// Masks enough that the work outlasts a command of Slurm's many times.
  private static let many = 1500

  @Test(arguments: ["kill", "scancel"]) func lostTasksComeAgain(way: String) throws {
    let node = try SlurmNode()
    let sweep = try TinySweep(masks: Self.many)
    #expect(try sweep.run("one").status == 0)
    sweep.program.environment = node.environment
    let running = try sweep.started("slurm", ["--engine", "slurm", "--tasks", "2"])
    #expect(
      eventually { sweep.done("slurm").count >= 5 && !sweep.processes("slurm", "--shard").isEmpty })
    if way == "kill" {
      kill(try #require(sweep.processes("slurm", "--shard").first), SIGKILL)
    } else {
      try node.say("scancel", "--state=RUNNING")
    }
    #expect(sweep.done("slurm").count < 2 * Self.many)
    let outcome = running.outcome()
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("\(2 * Self.many) of \(2 * Self.many) jobs done, 0 failed."))
    #expect(logs(sweep) > 2)
    try sweep.expectSameTables("slurm", "one")
  }

  @Test func controlCCancelsTheArray() throws {
    let node = try SlurmNode()
    let sweep = try TinySweep(masks: Self.many)
    #expect(try sweep.run("one").status == 0)
    sweep.program.environment = node.environment
    let running = try sweep.started("slurm", ["--engine", "slurm", "--tasks", "4"])
    #expect(eventually { sweep.done("slurm").count >= 5 })
    kill(running.process.processIdentifier, SIGINT)
    expectOneSentence(running.outcome(), "what is done stays done", status: 130)
    #expect(try node.say("squeue", "--noheader").isEmpty)
    #expect(eventually { sweep.processes("slurm", "--shard").isEmpty })
    let done = sweep.done("slurm").count
    #expect(done < 2 * Self.many)
    // What Slurm has begun, local workers may end.
    let outcome = try sweep.run("slurm")
    #expect(outcome.status == 0 && outcome.output.contains("\(done) done before"))
    try sweep.expectSameTables("slurm", "one")
  }

  @Test func theArrayOfAKilledSweepIsCancelled() throws {
    let node = try SlurmNode()
    let sweep = try TinySweep(masks: 10)
    sweep.program.environment = node.environment
    let held = try sweep.started(
      "slurm", ["--engine", "slurm", "--tasks", "2", "--slurm-option=--hold"])
    #expect(try eventually { try !node.say("squeue", "--noheader").isEmpty })
    kill(held.process.processIdentifier, SIGKILL)
    #expect(held.outcome().status == SIGKILL)
    let outcome = try sweep.run("slurm", "--engine", "slurm", "--tasks", "2")
    #expect(outcome.status == 0 && outcome.output.contains("20 of 20 jobs done"))
    // Tasks that have ended are listed a while longer, as completing.
    #expect(try eventually { try node.say("squeue", "--noheader").isEmpty })
  }

  @Test func failedJobsAreNotSubmittedAgain() throws {
    let sweep = try TinySweep(
      scans: ["disc": TinySweep.scan, "narrow": TinySweep.narrowScan], masks: 3)
    let node = try SlurmNode()
    sweep.program.environment = node.environment
    let outcome = try sweep.run("slurm", "--engine", "slurm", "--tasks", "2")
    expectOneSentence(outcome, "6 jobs failed", status: 2)
    #expect(outcome.output.contains("6 of 12 jobs done, 6 failed."))
    #expect(logs(sweep) == 2)
  }

  /// Tasks that can never work: what they read is gone once they are submitted.
  @Test func hopelessTasksAreGivenUp() throws {
    let node = try SlurmNode()
    let sweep = try TinySweep(masks: 3)
    sweep.program.environment = node.environment
    let running = try sweep.started(
      "slurm", ["--engine", "slurm", "--tasks", "2", "--slurm-option=--hold"])
    #expect(try eventually { try !node.say("squeue", "--noheader").isEmpty })
    unlink(sweep.folder.file("data.yaml"))
    #expect(
      try eventually {
        let held = try node.say("squeue", "--noheader", "--format=%A")
        for id in Set(held.split(separator: "\n")) { try node.say("scontrol", "release", "\(id)") }
        return !running.process.isRunning
      })
    let outcome = running.outcome()
    expectOneSentence(outcome, "6 jobs are left after 3 submissions")
    #expect(outcome.errors.contains("slurm/slurm say why"))
    #expect(logs(sweep) == 6)
    let log = try #require(sweep.folder.names(in: "slurm/slurm").first { $0.hasSuffix(".log") })
    #expect(try sweep.folder.text("slurm/slurm/\(log)").contains("there is no data set's manifest"))
  }

  @Test func refusedOptions() throws {
    let node = try SlurmNode()
    let sweep = try TinySweep(masks: 3)
    sweep.program.environment = node.environment
    expectOneSentence(
      try sweep.run("slurm", "--engine", "slurm", "--slurm-option=-p nowhere"),
      "sbatch refuses the array (Batch job submission failed: Invalid partition name specified)")
  }
}

/// A machine without Slurm says so.
@Suite struct NoSlurmTests {
  @Test func noCommands() throws {
    let sweep = try TinySweep(masks: 3)
    sweep.program.environment = ["PATH": sweep.folder.path]
    expectOneSentence(try sweep.run("run", "--engine", "slurm"), "on the PATH")
  }

  @Test(.disabled(if: SlurmNode.obstacle != nil, "there are no commands of Slurm"))
  func noController() throws {
    let node = try SlurmNode()
    let sweep = try TinySweep(masks: 3)
    // A port at which nothing answers.
    let port = try Regex("SlurmctldPort=[0-9]+")
    let settings = try node.settings.replacing(port, with: "SlurmctldPort=1")
    try sweep.folder.write(Data(settings.utf8), "slurm.conf")
    sweep.program.environment = ["SLURM_CONF": sweep.folder.file("slurm.conf")]
    expectOneSentence(
      try sweep.run("run", "--engine", "slurm"), "Slurm's controller does not answer")
  }
}
