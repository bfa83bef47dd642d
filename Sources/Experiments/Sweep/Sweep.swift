import Foundation

/// A sweep in its folder: begun or gone on with, and its results.
public final class Sweep {
  /// How the jobs are spread over this machine.
  public struct LocalSettings: Sendable {
    /// Worker processes; as many as cores and memory allow when nil.
    public var workers: Int?
    /// The memory that all workers together may use, in bytes.
    public var memory: Int
    /// The cores to use.
    public var cores: Int
    /// The part of the groups that is done here, counted from 0; all when nil.
    public var shard: (index: Int, count: Int)?

    public init(workers: Int?, memory: Int, cores: Int, shard: (index: Int, count: Int)? = nil) {
      (self.workers, self.memory, self.cores, self.shard) = (workers, memory, cores, shard)
    }
  }

  public let plan: SweepPlan
  public let folder: SweepFolder
  /// Jobs that were done before.
  public private(set) var doneBefore: Int
  /// Jobs whose results were damaged and are done again.
  public let damaged: [String]
  private var pending: [(number: Int, jobs: [SweepJob])]
  private let lock: FolderLock?

  /// Begins the sweep in `folder`, or goes on with it.
  ///
  /// - Parameter isShared: whether other processes work in the folder at the same time, each on a
  ///   shard of its own.
  /// Throws `ExperimentError` if the folder holds another protocol's results, cannot be written, or
  /// is at work.
  public init(plan: SweepPlan, folder: SweepFolder, isShared: Bool = false) throws {
    self.plan = plan
    self.folder = folder
    try folder.create()
    lock = isShared ? nil : try FolderLock(folder)
    try plan.record.claim(folder)
    try writeText(try plan.settings.text, to: folder.protocolFile)
    let state = SweepState(record: plan.record, groups: plan.groups, folder: folder)
    damaged = state.damaged
    doneBefore = state.results.count
    pending = plan.groups.enumerated().compactMap { number, group in
      let jobs = group.jobs.filter { state.results[$0.id] == nil }
      return jobs.isEmpty ? nil : (number, jobs)
    }
  }

  /// Jobs still to do.
  public var jobsLeft: Int { pending.reduce(0) { $0 + $1.jobs.count } }

  /// Workers and threads for the jobs here, within cores and memory.
  ///
  /// Throws `ExperimentError` if the memory does not suffice.
  public func workers(_ settings: LocalSettings) throws(ExperimentError) -> (
    count: Int, threads: Int
  ) {
    let need = plan.estimate.memory
    let fitting = settings.memory / max(1, need)
    guard fitting >= 1 else {
      throw ExperimentError(
        "one worker needs about \(need >> 20) MiB and the budget is \(settings.memory >> 20) MiB; "
          + "raise --memory or lower slices_per_job")
    }
    if let asked = settings.workers, asked > fitting {
      throw ExperimentError(
        "\(asked) workers need about \(asked * need >> 20) MiB and the budget is "
          + "\(settings.memory >> 20) MiB; raise --memory or lower --workers")
    }
    let count = max(1, min(settings.workers ?? settings.cores, fitting, max(1, pending.count)))
    return (count, max(1, settings.cores / count))
  }

  /// Does all jobs that are left, on this machine.
  ///
  /// `report` is called ten times a second; what it throws ends the work and is passed on.
  public func run(
    _ settings: LocalSettings, report: (SweepProgress) throws -> Void
  ) throws {
    var groups = pending
    if let shard = settings.shard {
      groups = groups.filter { $0.number % shard.count == shard.index }
    }
    if groups.isEmpty { return }
    let (workers, threads) = try self.workers(settings)
    let engine = LocalEngine(
      plan: plan, folder: folder, groups: groups,
      settings: .init(workers: workers, threads: threads, program: InstalledFiles.runningProgram))
    try engine.run(report: report)
  }
}

/// The right to work in a run's folder, which one process has at a time.
private final class FolderLock {
  private let descriptor: Int32

  init(_ folder: SweepFolder) throws(ExperimentError) {
    descriptor = open(folder.file(".lock"), O_CREAT | O_RDWR | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else {
      throw ExperimentError(
        "\(folder.path): cannot be written (\(String(cString: strerror(errno))))")
    }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      close(descriptor)
      throw ExperimentError(
        "\(folder.path): another sweep is at work in this folder; wait for it, or use --shard to "
          + "share the work out")
    }
  }

  deinit { close(descriptor) }
}

extension SweepFolder {
  /// Makes the folders; throws `ExperimentError` if they cannot be made.
  func create() throws(ExperimentError) {
    for folder in [path, jobs, failures, references, images, scans] {
      do {
        try FileManager.default.createDirectory(
          atPath: folder, withIntermediateDirectories: true)
      } catch {
        throw ExperimentError(
          "\(path): the folder cannot be made; check the path and the permissions, or choose "
            + "another with -o")
      }
    }
  }
}

extension SweepRecord {
  /// Makes a folder this run's, or checks that it is.
  ///
  /// Throws `ExperimentError` for the folder of another run.
  fileprivate func claim(_ folder: SweepFolder) throws {
    if FileManager.default.fileExists(atPath: folder.recordFile) {
      let other = try SweepRecord(contentsOf: folder)
      func refuse(_ what: String) -> ExperimentError {
        ExperimentError(
          "\(folder.path): holds the results of \(what); choose another folder with -o")
      }
      if other.version != version { throw refuse("mri-ilo \(other.version)") }
      if other.protocolDigest != protocolDigest { throw refuse("another protocol or other data") }
      if other.weights?.sha256 != weights?.sha256 { throw refuse("other generator weights") }
    }
    try writeText(try json, to: folder.recordFile)
  }
}
