import Evaluation
import Foundation
import TestSupport
import Testing

@testable import Experiments

/// The local engine with workers that misbehave: shell scripts that speak the workers' language.
@Suite struct LocalEngineTests {
  let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  /// Runs `jobs` groups of one job each by two workers that do `action` for each `$job`.
  private func run(
    jobs: Int, _ action: String, memoryLimit: Int = 1 << 40
  ) throws -> SweepProgress {
    let sweep = SweepFolder(folder.path)
    try sweep.create()
    let script = """
      #!/bin/sh
      echo '{"ready":{}}'
      while read -r number jobs; do
        for job in $jobs; do
          echo "{\\"working\\":{\\"job\\":\\"$job\\",\\"share\\":0}}"
          \(action)
          echo "{\\"done\\":{\\"job\\":\\"$job\\",\\"seconds\\":1}}"
        done
        echo '{"finished":{}}'
      done

      """
    let program = try folder.write(Data(script.utf8), "worker")
    chmod(program, 0o755)
    return try run(jobs: jobs, program: program, memoryLimit: memoryLimit)
  }

  private func run(jobs: Int, program: String, memoryLimit: Int = 1 << 40) throws -> SweepProgress {
    let settings = try SweepProtocol(
      text: """
        version: 1
        name: a
        title: A
        dataset: a.yaml
        masks: [{pattern: random, accelerations: [2], seeds: [1]}]
        methods: [{name: zero-filled}]
        """, file: "a.yaml")
    let mask = SweepRecord.Mask(
      scan: "a", pattern: "random", acceleration: 2, achievedAcceleration: 2, centerFraction: 0.1,
      acsLines: 4, seed: "1", columnCount: 8, columns: "ff")
    let record = SweepRecord(
      protocolDigest: "", dataset: .init(name: "a", title: "", licence: "", source: ""),
      scans: [
        .init(
          name: "a", file: "a.h5", sha256: "", data: "simulated", patient: "p", anatomy: "a",
          contrast: "c", slices: [0], coils: 1, image: [8, 8])
      ], masks: [mask],
      methods: [.init(label: "zero-filled", name: "zero-filled", settings: .flag(true))],
      evaluation: .init(reference: .mvue, metrics: [.psnr], regions: [.image]),
      definitions: [:], keepsImages: false, slicesPerJob: 1, jobs: jobs)
    let groups = (0..<jobs).map { number in
      (
        number: number,
        jobs: [SweepJob(id: "job\(number)", scan: 0, mask: 0, method: 0, slices: [0])]
      )
    }
    let engine = LocalEngine(
      record: record, estimate: SweepEstimate(settings: settings),
      folder: SweepFolder(folder.path), groups: groups, references: [],
      settings: .init(workers: 2, threads: 1, program: program, memoryLimit: memoryLimit))
    var last = SweepProgress()
    try engine.run { last = $0 }
    return last
  }

  private func reason(_ job: String) throws -> String {
    try folder.text("failures/\(job).json")
  }

  @Test func aDeathCostsOneJob() throws {
    let progress = try run(jobs: 12, "[ $job != job3 ] && [ $job != job7 ] || kill -9 $$")
    #expect(progress.done == 10 && progress.failed == 2)
    #expect(folder.names(in: "failures") == ["job3.json", "job7.json"])
    #expect(try reason("job7").contains("ended by signal 9"))
  }

  @Test func deathWithoutEndStopsTheSweep() throws {
    let error = #expect(throws: ExperimentError.self) { try run(jobs: 200, "kill -9 $$") }
    #expect(error?.description.contains("20 workers in a row have died without a job done") == true)
    #expect(folder.names(in: "failures").count <= LocalEngine.deathsInARow)
  }

  @Test func aWorkerThatGrowsIsEnded() throws {
    // The shell holds 100 MB in a variable for a while.
    let progress = try run(
      jobs: 4,
      "[ $job != job1 ] || { x=$(head -c 100000000 /dev/zero | tr '\\0' a); sleep 20 > /dev/null; }",
      memoryLimit: 60 << 20)
    #expect(progress.done == 3 && progress.failed == 1)
    #expect(try reason("job1").contains("MiB of memory where 60 MiB are the most"))
  }

  @Test func aSentenceOfAWorkerStopsTheSweep() throws {
    let error = #expect(throws: ExperimentError.self) {
      try run(jobs: 9, #"echo '{"stopped":{"reason":"The disk is full."}}'; exit"#)
    }
    #expect(error?.description == "The disk is full.")
  }

  @Test func workersThatDoNotStart() throws {
    try SweepFolder(folder.path).create()
    let error = #expect(throws: ExperimentError.self) { try run(jobs: 9, program: "/bin/false") }
    #expect(
      error?.description.contains("did not start (the process ended with status 1)") == true)
    #expect(throws: ExperimentError.self) { try run(jobs: 9, program: "/none") }
  }
}

@Suite struct SlurmPartTests {
  @Test func ranges() {
    #expect(SlurmCommands.ranges([4, 0, 1, 2, 9, 8]) == "0-2,4,8-9")
    #expect(SlurmCommands.ranges([3]) == "3")
  }

  @Test func scriptsQuoteWhatTheUserNames() {
    let settings = SlurmSettings(
      tasks: 3, options: ["-p main", "--time=1:00"], workers: 2, threads: 4, memory: nil,
      protocolFile: "/a b/it's.yaml", arguments: ["--data", "/d e"])
    let script = settings.script(program: "/p", folder: "/r n", tasks: 3, memory: 5)
    #expect(script.contains(#"'/a b/it'\''s.yaml' '-o' '/r n' --shard"#))
    #expect(script.contains("'--data' '/d e'"))
    let options = settings.sbatchOptions(logs: "/l", workerMemory: 100 << 20)
    #expect(options.suffix(3) == ["-p", "main", "--time=1:00"])
    // Two workers, each with its slack, and the sweep process itself.
    #expect(options.contains("--mem=969M") && options.contains("--cpus-per-task=4"))
  }
}
