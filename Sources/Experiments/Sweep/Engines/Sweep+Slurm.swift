extension Sweep {
  /// Prepares the work of all jobs that are left for Slurm.
  ///
  /// Throws `ExperimentError` if there is no Slurm that answers, or a task's memory does not
  /// suffice.
  public func slurmWork(_ settings: SlurmSettings) throws -> SlurmWork {
    let local = LocalSettings(
      workers: settings.workers, memory: settings.memory ?? plan.estimate.memory * settings.workers,
      cores: settings.threads)
    _ = try workers(local)
    let share = local.memory / settings.workers
    return SlurmWork(
      engine: try SlurmEngine(
        folder: folder, groups: pending, workerMemory: share, settings: settings))
  }
}

/// A sweep's open jobs as an array of Slurm.
public struct SlurmWork {
  let engine: SlurmEngine

  /// The tasks of the array.
  public var tasks: Int { engine.tasks }

  /// Does all jobs and gives the number of those that failed.
  ///
  /// `report` is called ten times a second; what it throws cancels the tasks and is passed on.
  public func run(report: (SweepProgress) throws -> Void) throws -> Int {
    var failed = 0
    try engine.run { progress in
      failed = progress.failed
      try report(progress)
    }
    return failed
  }
}
