public import Arrays

/// How readers rank several methods: the mean rank of each, with its bootstrap interval over cases.
///
/// In each reading (one reader, one case, every method) the methods are ranked from 1, the best;
/// equal scores share the mean of their places. Ranks are averaged over the readings of a case and
/// then over the cases, so that a case read more often does not weigh more. `FriedmanTest` tests
/// whether the methods differ.
public struct MeanRanks: Sendable, Equatable {
  /// The mean rank of each method, 1...k, in the order given.
  public let means: [Double]
  /// The interval of each mean rank; nil for a single case.
  ///
  /// All methods share the same resamples of the cases.
  public let intervals: [BootstrapInterval]?
  /// The mean ranks of each case, blocks for `FriedmanTest`.
  public let caseRanks: [[Double]]
  /// The number of readings used.
  public let readings: Int
  /// The number of readings left out because a score is missing.
  public let incompleteReadings: Int

  /// The number of cases used: those with a complete reading.
  public var cases: Int { caseRanks.count }

  /// Ranks the methods from the cases, each a list of readings, each a score for every method.
  ///
  /// A reading with a missing score (nil or NaN) is left out. The result is nil where no reading is
  /// left or there are fewer than two methods. Readings of different length are a programmer's error
  /// and stop the program.
  public init?(
    _ cases: [[[Double?]]], higherIsBetter: Bool = true, resamples: Int = 10_000,
    confidence: Double = 0.95, stream: RandomStream
  ) {
    let methods = cases.lazy.flatMap { $0 }.first?.count ?? 0
    guard cases.allSatisfy({ $0.allSatisfy { $0.count == methods } }) else {
      fatalError("every reading must have a place for every method")
    }
    let complete = cases.map(completeRows).filter { !$0.isEmpty }
    guard methods > 1, !complete.isEmpty else { return nil }
    let sign = higherIsBetter ? -1.0 : 1.0
    let caseRanks = complete.map { readings in
      let ranks = readings.map { reading in AverageRanks(reading.map { sign * $0 }).ranks }
      return (0..<methods).map { method in
        ranks.reduce(0) { $0 + $1[method] } / Double(ranks.count)
      }
    }
    self.caseRanks = caseRanks
    readings = complete.reduce(0) { $0 + $1.count }
    incompleteReadings = cases.reduce(0) { $0 + $1.count } - readings
    means = (0..<methods).map { method in
      caseRanks.reduce(0) { $0 + $1[method] } / Double(caseRanks.count)
    }
    let bootstraps = (0..<methods).compactMap { method in
      BootstrapInterval(
        meanOf: caseRanks.map { [$0[method]] }, resamples: resamples, confidence: confidence,
        stream: stream)
    }
    intervals = bootstraps.count == methods ? bootstraps : nil
  }
}
