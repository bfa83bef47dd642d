/// Agreement among more than two readers: the mean of the weighted kappas of all pairs of readers.
///
/// Source: Light, Psychological Bulletin 76(5), 1971. A confidence interval comes from
/// `BootstrapInterval(of:)` over the cases.
public struct PairwiseKappa: Sendable, Equatable {
  /// The mean of the pairs' kappas.
  public let mean: Double
  /// The least kappa of a pair.
  public let minimum: Double
  /// The greatest kappa of a pair.
  public let maximum: Double
  /// The number of pairs of readers in the mean.
  public let pairs: Int
  /// The number of pairs of readers whose kappa has no value (see `WeightedKappa`), left out.
  public let pairsWithoutValue: Int

  /// Compares all readers, from one row of scores a case, one column a reader; nil is missing.
  ///
  /// The result is nil where no pair of readers has a kappa. Rows of different length are a
  /// programmer's error and stop the program.
  public init?(_ cases: [[Int?]], weights: WeightedKappa.Weights = .quadratic) {
    let readers = cases.first?.count ?? 0
    guard cases.allSatisfy({ $0.count == readers }) else {
      fatalError("the rows of a table of scores must have one length")
    }
    var values: [Double] = []
    for first in 0..<readers {
      for second in (first + 1)..<max(readers, first + 1) {
        let kappa = WeightedKappa(
          cases.map { $0[first] }, cases.map { $0[second] }, weights: weights)
        if let kappa { values.append(kappa.value) }
      }
    }
    guard let summary = SummaryStatistics(values) else { return nil }
    (mean, minimum, maximum) = (summary.mean, summary.minimum, summary.maximum)
    pairs = values.count
    pairsWithoutValue = readers * (readers - 1) / 2 - pairs
  }
}
