import Foundation
import ScanFiles

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

    public init(workers: Int?, memory: Int, cores: Int) {
      (self.workers, self.memory, self.cores) = (workers, memory, cores)
    }
  }

  public let plan: SweepPlan
  public let folder: SweepFolder
  /// Jobs that were done before.
  public private(set) var doneBefore: Int
  /// Jobs whose results were damaged and are done again.
  public let damaged: [String]
  /// Scans whose reference images were damaged and are made again.
  public let damagedReferences: [String]
  /// Jobs that could not be done, after `run`.
  public private(set) var failed = 0
  let pending: [(number: Int, jobs: [SweepJob])]
  private let references: [Int]
  private let lock: FolderLock?

  /// Begins the sweep in `folder`, or goes on with it.
  ///
  /// - Parameter shard: the part of the groups that is done here, counted from 0, while other
  ///   processes may work on the other parts in the same folder; all when nil.
  /// Throws `ExperimentError` if the folder holds another protocol's results, cannot be written, or
  /// is at work.
  public init(
    plan: SweepPlan, folder: SweepFolder, shard: (index: Int, count: Int)? = nil
  ) throws {
    self.plan = plan
    self.folder = folder
    try folder.create()
    lock = shard == nil ? try FolderLock(folder) : nil
    folder.removeAbandonedFiles()
    try plan.record.claim(folder)
    plan.digests.save()
    plan.checks.save()
    try writeText(try plan.settings.text, to: folder.protocolFile)
    let groups = plan.groups.enumerated().filter { number, _ in
      shard.map { number % $0.count == $0.index } ?? true
    }
    let state = SweepState(record: plan.record, groups: groups.map(\.element), folder: folder)
    damaged = state.damaged
    // What is damaged must not be taken for done by whoever looks at the names alone.
    for id in state.damaged { unlink(folder.job(id)) }
    doneBefore = state.results.count
    pending = groups.compactMap { number, group in
      let jobs = group.jobs.filter { state.results[$0.id] == nil }
      return jobs.isEmpty ? nil : (number, jobs)
    }
    let paths = plan.record.scans.map { folder.reference(plan.record.referenceID(of: $0)) }
    references = Set(groups.flatMap { $0.element.jobs.map(\.scan) }).sorted()
      .filter { !SweepReference.isWhole(paths[$0]) }
    damagedReferences =
      references
      .filter { FileManager.default.fileExists(atPath: paths[$0]) }
      .map { plan.record.scans[$0].name }
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
    let work = max(1, pending.count, references.count)
    let count = max(1, min(settings.workers ?? settings.cores, fitting, work))
    return (count, max(1, settings.cores / count))
  }

  /// Does all jobs that are left, on this machine.
  ///
  /// `report` is called ten times a second; what it throws ends the work and is passed on.
  public func run(
    _ settings: LocalSettings, report: (SweepProgress) throws -> Void
  ) throws {
    if pending.isEmpty, references.isEmpty { return }
    let (workers, threads) = try self.workers(settings)
    let limit = LocalEngine.memoryLimit(share: settings.memory / workers)
    let engine = LocalEngine(
      record: plan.record, estimate: plan.estimate, folder: folder, groups: pending,
      references: references,
      settings: .init(
        workers: workers, threads: threads, program: InstalledFiles.runningProgram,
        memoryLimit: limit))
    try engine.run { progress in
      failed = progress.failed
      try report(progress)
    }
  }
}

/// The right to work in a run's folder, which one process has at a time.
private final class FolderLock {
  private let descriptor: Int32

  init(_ folder: SweepFolder) throws(ExperimentError) {
    descriptor = open(folder.file(".lock"), O_CREAT | O_RDWR | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else {
      throw ExperimentError(
        "\(folder.path): cannot be written (\(String(cString: strerror(errno)))); check the "
          + "permissions, or choose another folder with -o")
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
  /// Removes what processes that died have left half written.
  fileprivate func removeAbandonedFiles() {
    for folder in [path, jobs, failures, references, images, scans] {
      PartialFile.removeAbandoned(in: folder)
    }
  }

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
      if other.denoiser?.sha256 != denoiser?.sha256 { throw refuse("other denoiser weights") }
      if other.styleGAN?.sha256 != styleGAN?.sha256 { throw refuse("other StyleGAN2 weights") }
      if other.decoders?.mapValues(\.sha256) != decoders?.mapValues(\.sha256) {
        throw refuse("other decoder weights")
      }
    }
    try writeText(try json, to: folder.recordFile)
  }
}
