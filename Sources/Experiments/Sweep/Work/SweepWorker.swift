import Foundation
import ScanFiles

/// The process that does a sweep's groups of jobs.
///
/// It reads lines from its standard input: the number of a scan whose references are to be made, or
/// the number of a group and the ids of its jobs that are still to do. It answers on its standard
/// output. A process of its own, so that a crash costs one job and memory is given back.
public final class SweepWorker {
  private let groups: [JobGroup]
  private let runner: GroupRunner
  private var lastTold: (job: String, time: ContinuousClock.Instant)?

  private init(folder: SweepFolder) throws {
    let record = try SweepRecord(contentsOf: folder)
    groups = try record.groups()
    runner = try GroupRunner(record: record, folder: folder)
  }

  /// Works until the input ends, which it does when the sweep that started the process is gone.
  public static func run(folder path: String) {
    // Ctrl-C, and Slurm's word that a task must end, are for the sweep, which ends its workers; one
    // that died of them by itself would count as a failed job.
    signal(SIGINT, SIG_IGN)
    signal(SIGTERM, SIG_IGN)
    leaveWithParent()
    do {
      let worker = try SweepWorker(folder: SweepFolder(path))
      tell(.ready)
      while let line = readLine() { try worker.work(line) }
    } catch let error as ScanFileError {
      tell(.stopped(reason: writeProblem(error)))
    } catch {
      tell(.stopped(reason: "\(error)"))
    }
  }

  private func work(_ line: String) throws {
    let words = line.split(separator: " ").map(String.init)
    guard let number = words.first.flatMap({ Int($0) }) else { return }
    if words.count == 1 {
      try runner.prepareReference(scan: number)
    } else {
      let wanted = Set(words.dropFirst())
      try runner.run(JobGroup(jobs: groups[number].jobs.filter { wanted.contains($0.id) })) {
        tell($0)
      }
    }
    Self.tell(.finished)
  }

  private func tell(_ event: GroupRunner.Event) {
    switch event {
    case .working(let job, let share):
      // The first word on a job always: it says what was at work if the process dies.
      let now = ContinuousClock.now
      if let last = lastTold, last.job == job.id, now - last.time < .milliseconds(200) { return }
      lastTold = (job.id, now)
      Self.tell(.working(job: job.id, share: share))
    case .done(let job, let seconds): Self.tell(.done(job: job.id, seconds: seconds))
    case .failed(let job, let reason): Self.tell(.failed(job: job.id, reason: reason))
    }
  }

  private static func tell(_ message: WorkerMessage) {
    guard let text = try? RecordJSON.text(message, isPretty: false) else { return }
    do {
      try FileHandle.standardOutput.write(contentsOf: Data(text.utf8))
    } catch {
      // The sweep is gone: no one is left to work for.
      _exit(1)
    }
  }

  /// What to say of a file that could not be written, with the system's reason where HDF5 has none.
  private static func writeProblem(_ error: ScanFileError) -> String {
    let folder = (error.file as NSString).deletingLastPathComponent
    let probe = "\(folder)/.probe"
    defer { unlink(probe) }
    do {
      try writeText(String(repeating: " ", count: 1 << 20), to: probe)
    } catch {
      return error.description.replacingOccurrences(of: probe, with: folder)
    }
    return "\(error) What is done stays done: run the same command again."
  }

  /// Ends the process when its parent has died without a chance to end it.
  private static func leaveWithParent() {
    let parent = getppid()
    Thread.detachNewThread {
      while getppid() == parent { usleep(300_000) }
      _exit(1)
    }
  }
}
