import Foundation
import Synchronization

/// Does the jobs of a sweep on this machine, by several worker processes.
///
/// Each worker gets a group of jobs at a time, in the plan's order. What the results are does not
/// depend on the number of workers, for no job sees another's.
final class LocalEngine: Sendable {
  /// One line of work for a worker.
  private enum Item {
    case reference(scan: Int)
    case group(Int, [SweepJob])
  }

  private struct State {
    var references: [Int] = []
    /// References that a worker is making.
    var referencesAtWork = 0
    var groups: [(number: Int, jobs: [SweepJob])] = []
    var progress = SweepProgress()
    var left: WorkLeft
    /// What is at work in each worker, and how much of it is done.
    var shares: [Double]
    var atWork: [Double]
    var processes: [Int32?]
    /// What a worker held when it was ended for its memory, in bytes.
    var overgrown: [Int?]
    var deaths = 0
    var isStopping = false
    var problem: ExperimentError?
  }

  private let record: SweepRecord
  private let folder: SweepFolder
  private let settings: Settings
  private let state: Mutex<State>

  /// An engine for jobs of `plan`, by their groups' numbers, and for the reference images of the
  /// scans `references`, which come first.
  init(
    record: SweepRecord, estimate: SweepEstimate, folder: SweepFolder,
    groups: [(number: Int, jobs: [SweepJob])], references: [Int], settings: Settings
  ) {
    self.record = record
    self.folder = folder
    self.settings = settings
    var state = State(
      left: WorkLeft(guesses: estimate.secondsPerSlice),
      shares: Array(repeating: 0, count: settings.workers),
      atWork: Array(repeating: 0, count: settings.workers),
      processes: Array(repeating: nil, count: settings.workers),
      overgrown: Array(repeating: nil, count: settings.workers))
    state.groups = groups.reversed()
    state.references = references.sorted(by: >)
    for job in groups.flatMap(\.jobs) { state.left.add(job) }
    state.progress.current = Array(repeating: "", count: settings.workers)
    self.state = Mutex(state)
  }

  /// Does all work and comes back when there is none left.
  ///
  /// `report` is called ten times a second; what it throws ends the workers and is passed on, like
  /// the `ExperimentError` of a disk that cannot be written.
  func run(report: (SweepProgress) throws -> Void) throws {
    // A worker's death must be seen as an end of its output, not end this process.
    signal(SIGPIPE, SIG_IGN)
    let all = DispatchGroup()
    for worker in 0..<settings.workers {
      all.enter()
      Thread.detachNewThread {
        self.serve(worker)
        all.leave()
      }
    }
    do {
      var lastLook = ContinuousClock.now
      while all.wait(timeout: .now() + 0.1) == .timedOut {
        try report(progress)
        guard ContinuousClock.now - lastLook > .seconds(1) else { continue }
        lastLook = .now
        endOvergrown()
      }
      try report(progress)
    } catch {
      stop()
      all.wait()
      throw error
    }
    if let problem = state.withLock({ $0.problem }) { throw problem }
  }

  private var progress: SweepProgress {
    state.withLock { state in
      var progress = state.progress
      progress.references = state.references.count + state.referencesAtWork
      let doing = zip(state.atWork, state.shares).reduce(0) { $0 + $1.0 * $1.1 }
      let left = max(0, state.left.seconds - doing)
      progress.secondsLeft = state.left.isTimed ? left / Double(settings.workers) : nil
      progress.secondsOfWork = left
      return progress
    }
  }

  private func stop() {
    let processes = state.withLock { state in
      state.isStopping = true
      return state.processes.compactMap { $0 }
    }
    for process in processes { kill(process, SIGKILL) }
  }

  /// Ends the workers that have grown far beyond their share, before the machine begins to swap.
  private func endOvergrown() {
    state.withLock { state in
      for (worker, process) in state.processes.enumerated() {
        guard let process, let memory = ProcessUsage.memory(of: process),
          memory > settings.memoryLimit
        else { continue }
        state.overgrown[worker] = memory
        kill(process, SIGKILL)
      }
    }
  }

  private func fail(_ problem: ExperimentError) {
    state.withLock { if $0.problem == nil { $0.problem = problem } }
    stop()
  }

  /// The next work, or nil if there is none; waits as long as references are being made.
  private func next() -> Item? {
    while true {
      let step: (item: Item?, mustWait: Bool) = state.withLock { state in
        if state.isStopping { return (nil, false) }
        if let scan = state.references.popLast() {
          state.referencesAtWork += 1
          return (.reference(scan: scan), false)
        }
        if state.referencesAtWork > 0 { return (nil, true) }
        return (state.groups.popLast().map { .group($0.number, $0.jobs) }, false)
      }
      guard step.mustWait else { return step.item }
      usleep(20_000)
    }
  }

  /// The life of one worker, on a thread of its own.
  private func serve(_ worker: Int) {
    var process: WorkerProcess?
    defer {
      // The number may be another process's once this one has been waited for.
      state.withLock { $0.processes[worker] = nil }
      process?.close()
    }
    while let item = next() {
      do {
        if process == nil { process = try start(worker) }
        guard let running = process else { return }
        if try !work(on: item, by: running, worker) { process = nil }
      } catch {
        fail(error as? ExperimentError ?? ExperimentError("\(error)"))
        return
      }
    }
  }

  private func start(_ worker: Int) throws -> WorkerProcess? {
    let process = try WorkerProcess(
      program: settings.program, folder: folder.path, threads: settings.threads)
    let mustStop = state.withLock { state in
      state.processes[worker] = process.identifier
      return state.isStopping
    }
    if mustStop { kill(process.identifier, SIGKILL) }
    switch process.receive() {
    case .ready: return process
    case .stopped(let reason):
      end(process, worker)
      throw ExperimentError(reason)
    default:
      let ended = end(process, worker)
      if state.withLock({ $0.isStopping }) { return nil }
      throw ExperimentError(
        "a worker did not start (\(ended)); check that the machine has memory and processes to "
          + "spare, then run the same command again")
    }
  }

  /// Waits for the end of a worker that says nothing more, and says how it came.
  @discardableResult
  private func end(_ process: WorkerProcess, _ worker: Int) -> String {
    let overgrown = state.withLock { state in
      state.processes[worker] = nil
      defer { state.overgrown[worker] = nil }
      return state.overgrown[worker]
    }
    let ended = process.endText()
    guard let overgrown else { return ended }
    return "the process was ended, for it held \(overgrown >> 20) MiB of memory where "
      + "\(settings.memoryLimit >> 20) MiB are the most"
  }

  /// Gives `item` to a worker and follows it; false if the worker has ended.
  private func work(on item: Item, by process: WorkerProcess, _ worker: Int) throws -> Bool {
    var jobs: [String: SweepJob] = [:]
    switch item {
    case .reference(let scan):
      process.send("\(scan)")
      state.withLock {
        $0.progress.current[worker] = "reference of \(record.scans[scan].name)"
      }
    case .group(let number, let list):
      process.send(([String(number)] + list.map(\.id)).joined(separator: " "))
      for job in list { jobs[job.id] = job }
      state.withLock { state in
        state.atWork[worker] = list.reduce(0) {
          $0 + state.left.cost($1.method) * Double($1.slices.count)
        }
      }
    }
    defer {
      state.withLock { state in
        (state.shares[worker], state.atWork[worker]) = (0, 0)
        state.progress.current[worker] = ""
        if case .reference = item { state.referencesAtWork -= 1 }
      }
    }
    var atWork: String?
    while let message = process.receive() {
      switch message {
      case .ready: break
      case .working(let id, let share):
        atWork = id
        note(jobs[id], share: share, worker)
      case .done(let id, let seconds):
        if let job = jobs.removeValue(forKey: id) { finish(job, seconds: seconds) }
      case .failed(let id, _):
        if let job = jobs.removeValue(forKey: id) { finish(job, seconds: nil) }
      case .finished: return true
      case .stopped(let reason): throw ExperimentError(reason)
      }
    }
    try recover(item, left: jobs, atWork: atWork, ended: end(process, worker))
    return false
  }

  /// After a worker's sudden end: its present job has failed, the others of the group come again.
  private func recover(
    _ item: Item, left: [String: SweepJob], atWork: String?, ended: String
  ) throws {
    if state.withLock({ $0.isStopping }) { return }
    let deaths = state.withLock { state in
      state.deaths += 1
      return state.deaths
    }
    guard deaths < Self.deathsInARow else {
      throw ExperimentError(
        "\(deaths) workers in a row have died without a job done (\(ended)); find the cause, then "
          + "run the same command again: what is done stays done")
    }
    let (number, list): (Int, [SweepJob])
    switch item {
    case .group(let itsNumber, let jobs): (number, list) = (itsNumber, jobs)
    case .reference(let scan):
      throw ExperimentError(
        "\(record.scans[scan].file): a worker that made its reference images has died (\(ended)); "
          + "raise --memory or leave the scan out")
    }
    let culprit = atWork.flatMap { left[$0] } ?? list.first { left[$0.id] != nil }
    if let culprit {
      try record.failure(of: culprit, reason: ended).write(in: folder)
      finish(culprit, seconds: nil)
    }
    let rest = list.filter { left[$0.id] != nil && $0.id != culprit?.id }
    if !rest.isEmpty { state.withLock { $0.groups.append((number, rest)) } }
  }

  private func note(_ job: SweepJob?, share: Double, _ worker: Int) {
    guard let job else { return }
    let text = [
      record.scans[job.scan].name, record.masks[job.mask].text, record.methods[job.method].label,
    ].joined(separator: " · ")
    state.withLock { state in
      state.shares[worker] = share
      state.progress.current[worker] = text
    }
  }

  private func finish(_ job: SweepJob, seconds: Double?) {
    state.withLock { state in
      state.left.remove(job, seconds: seconds)
      if seconds == nil {
        state.progress.failed += 1
      } else {
        state.progress.done += 1
        state.deaths = 0
      }
    }
  }
}
