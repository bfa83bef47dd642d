import Foundation

/// Does the jobs of a sweep by the tasks of a Slurm array, each of which does one shard.
///
/// What is done shows in the run's folder alone, so that it does not matter which task did it, or
/// whether one did it twice. A task that ends and leaves jobs of its shard open, because it was
/// cancelled, ran out of time or its node failed, is submitted again.
final class SlurmEngine {
  /// A task is submitted this often without a job done before it is given up.
  static let fruitlessTries = 3
  /// Seconds for which the controller may be silent.
  private static let patience = 600.0

  /// The jobs of one task.
  private struct Shard {
    /// Those that are neither done nor failed.
    var open: Set<String> = []
    var openWhenSubmitted = Int.max
    var tries = 0
  }

  private let commands: SlurmCommands
  private let folder: SweepFolder
  private let options: [String]
  private let script: String
  private var shards: [Shard]
  private var progress = SweepProgress()
  private let began = ContinuousClock.now
  private var lastAnswer = ContinuousClock.now
  /// The tasks of the array.
  var tasks: Int { shards.count }

  /// Prepares the tasks for the jobs `groups`, by the groups' numbers.
  ///
  /// Throws `ExperimentError` if there is no Slurm, its controller does not answer, or the run's
  /// folder cannot be written.
  init(
    folder: SweepFolder, groups: [(number: Int, jobs: [SweepJob])], workerMemory: Int,
    settings: SlurmSettings
  ) throws {
    let path = SlurmSettings.absolute(folder.path)
    self.folder = SweepFolder(path)
    commands = SlurmCommands(name: "mri-ilo-\(FileDigest.sha256(of: path).prefix(12))")
    let tasks = max(1, min(settings.tasks, groups.count, try commands.largestArray()))
    shards = Array(repeating: Shard(), count: tasks)
    for (number, jobs) in groups { shards[number % tasks].open.formUnion(jobs.map(\.id)) }
    do {
      try FileManager.default.createDirectory(
        atPath: self.folder.slurm, withIntermediateDirectories: true)
    } catch {
      throw ExperimentError("\(folder.slurm): the folder cannot be made; check the permissions")
    }
    options = settings.sbatchOptions(logs: self.folder.slurm, workerMemory: workerMemory)
    script = "\(self.folder.slurm)/array.sh"
    try writeText(
      settings.script(
        program: InstalledFiles.runningProgram, folder: path, tasks: tasks,
        memory: workerMemory * settings.workers),
      to: script)
    // A failure of an earlier run would count as the end of the job.
    for job in groups.flatMap(\.jobs) { unlink(self.folder.failure(job.id)) }
  }

  /// Does all work and comes back when no job is open.
  ///
  /// `report` is called ten times a second; what it throws cancels the tasks and is passed on.
  func run(report: (SweepProgress) throws -> Void) throws {
    do {
      // A process that was killed could not cancel its array, whose tasks do the same jobs.
      try cancel(report: report)
      var nextLook = ContinuousClock.now
      while shards.contains(where: { !$0.open.isEmpty }) {
        try report(progress)
        usleep(100_000)
        guard ContinuousClock.now >= nextLook else { continue }
        if try !look() { break }
        // Long sweeps do not bother the controller every second.
        nextLook = .now + .seconds(min(15, max(1, began.secondsToNow / 20)))
      }
      try report(progress)
    } catch {
      // No task goes on unseen; but the user may not be kept waiting by one that does not end.
      try? cancel(patience: 20) { _ in }
      throw error
    }
    let left = shards.reduce(0) { $0 + $1.open.count }
    if left > 0 {
      throw ExperimentError(
        "\(left) jobs are left after \(Self.fruitlessTries) submissions of their tasks in which none "
          + "was done; the tasks' logs in \(folder.slurm) say why; then run the same command again")
    }
  }

  /// Compares what runs with what is done, and submits lost tasks; false if there is nothing to
  /// wait for.
  private func look() throws -> Bool {
    // The tasks first: what ends in between has written its results before.
    guard let tasks = try commands.tasks() else {
      guard lastAnswer.secondsToNow < Self.patience else {
        throw ExperimentError(
          "Slurm's controller has not answered for \(Int(Self.patience / 60)) minutes; its tasks may "
            + "go on; run the same command again when it is back")
      }
      progress.current = ["Slurm's controller does not answer"]
      return true
    }
    lastAnswer = .now
    takeStock()
    let active = Set(tasks.map(\.index))
    var lost: [Int] = []
    for index in shards.indices where !shards[index].open.isEmpty && !active.contains(index) {
      if shards[index].open.count < shards[index].openWhenSubmitted { shards[index].tries = 0 }
      guard shards[index].tries < Self.fruitlessTries else { continue }
      shards[index].tries += 1
      shards[index].openWhenSubmitted = shards[index].open.count
      lost.append(index)
    }
    if !lost.isEmpty { try commands.submit(script, indices: lost, options: options) }
    describe(tasks, submitted: lost.count)
    return !active.isEmpty || !lost.isEmpty
  }

  /// Takes the jobs with a result or a recorded failure out of the open ones.
  private func takeStock() {
    func names(_ path: String) -> Set<String> {
      let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
      return Set(names.lazy.filter { $0.hasSuffix(".json") }.map { String($0.dropLast(5)) })
    }
    let (done, failed) = (names(folder.jobs), names(folder.failures))
    for index in shards.indices {
      for id in shards[index].open {
        if done.contains(id) {
          progress.done += 1
        } else if failed.contains(id) {
          progress.failed += 1
        } else {
          continue
        }
        shards[index].open.remove(id)
      }
    }
  }

  private func describe(_ tasks: [SlurmCommands.Task], submitted: Int) {
    let running = tasks.count { $0.isRunning }
    let waiting = tasks.count - running + submitted
    var text = "tasks at work: \(running)"
    if waiting > 0 {
      let reason = tasks.first { !$0.isRunning }?.reason ?? ""
      text += ", waiting: \(waiting)" + (reason.isEmpty || reason == "None" ? "" : " (\(reason))")
    }
    progress.current = [text]
    let settled = progress.done + progress.failed
    let left = shards.reduce(0) { $0 + $1.open.count }
    if settled > 0 { progress.secondsLeft = began.secondsToNow / Double(settled) * Double(left) }
  }

  /// Cancels all tasks of the run and waits until they have ended.
  private func cancel(
    patience: Double = 120, report: (SweepProgress) throws -> Void
  ) throws {
    let began = ContinuousClock.now
    while let tasks = try commands.tasks(), !tasks.isEmpty {
      guard began.secondsToNow < patience else {
        throw ExperimentError(
          "\(tasks.count) tasks named \(commands.name) do not end; end them with 'scancel --name="
            + "\(commands.name)', then run the same command again")
      }
      try commands.cancel()
      try report(progress)
      usleep(300_000)
    }
  }
}
