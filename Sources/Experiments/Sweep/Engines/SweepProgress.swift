/// Where a sweep is.
public struct SweepProgress: Sendable {
  /// The jobs that were done and that failed since the start.
  public var done = 0
  public var failed = 0
  /// Scans whose reference images are still to be made, before the jobs.
  public var references = 0
  /// What each worker does; empty for one that waits.
  public var current: [String] = []
  /// Work that is left, in seconds of one worker, guessed until jobs have been timed.
  public var secondsOfWork = 0.0
  /// Seconds left; nil until a job of each method has been timed.
  public var secondsLeft: Double?
}

/// The work that is left, measured in seconds of one worker.
///
/// A job's cost is the mean of its method's finished jobs, per slice; until there is one, a guess.
struct WorkLeft {
  private var sums: [(seconds: Double, slices: Int)]
  private let guesses: [Double]
  private var left: [Int]

  /// Nothing left yet, with a guess of seconds a slice for each method.
  init(guesses: [Double]) {
    self.guesses = guesses
    sums = guesses.map { _ in (0, 0) }
    left = guesses.map { _ in 0 }
  }

  mutating func add(_ job: SweepJob) { left[job.method] += job.slices.count }

  /// Takes out a job that is done, with the seconds it took, or that failed.
  mutating func remove(_ job: SweepJob, seconds: Double?) {
    left[job.method] -= job.slices.count
    if let seconds {
      sums[job.method].seconds += seconds
      sums[job.method].slices += job.slices.count
    }
  }

  /// Seconds of a slice by a method.
  func cost(_ method: Int) -> Double {
    sums[method].slices > 0 ? sums[method].seconds / Double(sums[method].slices) : guesses[method]
  }

  /// Whether every method with work left has been timed.
  var isTimed: Bool { left.indices.allSatisfy { left[$0] == 0 || sums[$0].slices > 0 } }

  var seconds: Double {
    left.indices.reduce(0) { $0 + cost($1) * Double(left[$1]) }
  }
}
