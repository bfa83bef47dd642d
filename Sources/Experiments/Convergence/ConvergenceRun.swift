/// One solver on its way: a point for every iteration.
public struct ConvergenceRun: Sendable {
  public struct Point: Sendable {
    public let iteration: Int
    /// Seconds of the solver alone, without what measures it.
    public let seconds: Double
    /// The function that the method minimises, with wavelets that are not shifted.
    public let objective: Double
    /// NMSE of the magnitude against the fully sampled image.
    public let nmse: Double
  }

  /// The method, such as `l1-wavelet`.
  public let method: String
  /// What is switched on, such as `constant momentum`.
  public let variant: String
  public internal(set) var points: [Point] = []

  init(method: String, variant: String) {
    self.method = method
    self.variant = variant
  }
}

/// All solvers on one slice.
public struct ConvergenceResult: Sendable {
  public let runs: [ConvergenceRun]
  /// The best objective found for each method, by a run that is 5 times longer included.
  public let best: [String: Double]

  /// How far an objective is from the best, relative to the best.
  public func distance(_ point: ConvergenceRun.Point, of method: String) -> Double {
    guard let best = best[method] else { return .nan }
    return (point.objective - best) / best
  }

  /// A row per solver and iteration.
  public var csv: String {
    var text = "method,variant,iteration,seconds,objective,relative_distance,nmse\n"
    for run in runs {
      for point in run.points {
        text +=
          "\(run.method),\(run.variant),\(point.iteration),\(point.seconds),\(point.objective),"
          + "\(distance(point, of: run.method)),\(point.nmse)\n"
      }
    }
    return text
  }
}
