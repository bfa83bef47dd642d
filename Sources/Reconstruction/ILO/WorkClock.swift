/// Adds up how long the parts of a reconstruction take.
final class WorkClock {
  private(set) var seconds: [String: Double] = [:]

  /// Runs `work` and counts its time as that of `part`.
  func measure<Result>(_ part: String, _ work: () throws -> Result) rethrows -> Result {
    let start = ContinuousClock.now
    defer { seconds[part, default: 0] += (ContinuousClock.now - start) / .seconds(1) }
    return try work()
  }
}
