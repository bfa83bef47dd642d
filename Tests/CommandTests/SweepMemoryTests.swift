import Foundation
import TestSupport
import Testing

/// The memory of a sweep does not grow with the number of its jobs, but for what tables need.
@Suite struct SweepMemoryTests {
  @Test func coordinator() throws {
    let few = try peaks(masks: 200)
    let many = try peaks(masks: 2000)
    // A job's entries in plan, state and table are a few KiB, also while the table is printed.
    let allowed = { (few: Int) in few * 13 / 10 + 1800 * 8 }
    #expect(many.working < allowed(few.working), "\(few) \(many)")
    #expect(many.finished < allowed(few.finished), "\(few) \(many)")
  }

  /// The peaks in KiB of a sweep with its workers, and of the sweep alone when all is done.
  private func peaks(masks: Int) throws -> (working: Int, finished: Int) {
    let sweep = try TinySweep(
      scans: ["disc": SyntheticScan(slices: 1, coils: 1, rows: 16, columns: 40)], masks: masks,
      methods: ["zero-filled"])
    let working = try peak(sweep)
    #expect(sweep.done("run").count == masks)
    return (working, try peak(sweep))
  }

  /// Runs the sweep and asks the system for the most memory that it, or a worker of it, has held.
  private func peak(_ sweep: TinySweep) throws -> Int {
    let protocolFile = sweep.folder.file("protocol.yaml")
    let words = [
      Program.path, "sweep", protocolFile, "-o", sweep.folder.file("run"), "--workers", "2",
    ]
    var arguments = words.map { strdup($0) } + [nil]
    defer { for argument in arguments { free(argument) } }
    var files = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&files)
    defer { posix_spawn_file_actions_destroy(&files) }
    for stream: Int32 in [1, 2] {
      posix_spawn_file_actions_addopen(&files, stream, "/dev/null", O_WRONLY, 0)
    }
    var process: pid_t = 0
    try #require(posix_spawn(&process, Program.path, &files, nil, &arguments, environ) == 0)
    var (status, usage) = (Int32(0), rusage())
    try #require(wait4(process, &status, 0, &usage) == process)
    #expect(status == 0)
    return usage.ru_maxrss
  }
}
