public import Evaluation
public import Experiments

/// What a method cost over all jobs of a run.
///
/// Times and memory differ from run to run, so that they stand in files of their own.
public struct CostSummary: Sendable, Equatable {
  /// The method's label.
  public let method: String
  public let jobs: Int
  /// The slices of these jobs, each counted once a mask.
  public let slices: Int
  /// Seconds a slice of the method alone, over the jobs.
  public let secondsPerSlice: SummaryStatistics
  /// Bytes: the most of any job.
  ///
  /// A job's is the largest resident memory of its process while the method was at work, with what
  /// the allocator still holds of earlier jobs.
  public let peakMemory: Int

  /// The summaries of the costs of `methods`, in their order; those without a job are left out.
  static func all(of costs: [SweepResults.Cost], methods: [String]) -> [CostSummary] {
    let byMethod = Dictionary(grouping: costs, by: \.condition.method)
    return methods.compactMap { method in
      let costs = byMethod[method] ?? []
      guard let seconds = SummaryStatistics(costs.map(\.secondsPerSlice)) else { return nil }
      return CostSummary(
        method: method, jobs: costs.count, slices: costs.reduce(0) { $0 + $1.slices },
        secondsPerSlice: seconds, peakMemory: costs.map(\.peakMemory).max() ?? 0)
    }
  }
}

extension SweepResults.Cost {
  /// Seconds of the method alone for one slice, the mean over the job.
  public var secondsPerSlice: Double { seconds / Double(max(slices, 1)) }
}
