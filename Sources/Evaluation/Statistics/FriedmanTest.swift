/// Friedman's test whether methods differ, from their figures on the same blocks.
///
/// The blocks must be independent: one a case, with the mean over its readers, not one a reading.
/// Source: Friedman, J. Am. Statist. Assoc. 32, 1937, with the tie correction of
/// `scipy.stats.friedmanchisquare` (scipy:scipy/stats/_stats_py.py); χ² with k − 1 degrees.
public struct FriedmanTest: Sendable, Equatable {
  /// The number of blocks used: those that hold every method's figure.
  public let blocks: Int
  /// The number of methods, k.
  public let methods: Int
  /// The test statistic, approximately χ² distributed.
  public let statistic: Double
  /// The p value.
  public let pValue: Double

  /// Tests `blocks`, each the figures of every method in the same order.
  ///
  /// A block with a missing figure (nil or NaN) is left out. The result is nil for fewer than three
  /// methods (two are a case for `WilcoxonSignedRank`) or two blocks. Where the figures of every
  /// block are all equal, the statistic is 0 and p is 1; SciPy gives NaN there. Blocks of different
  /// length are a programmer's error and stop the program.
  public init?(_ blocks: [[Double?]]) {
    let complete = completeRows(blocks)
    guard complete.count > 1, complete[0].count > 2 else { return nil }
    let (n, k) = (Double(complete.count), Double(complete[0].count))
    var sums = [Double](repeating: 0, count: complete[0].count)
    var tieSum = 0.0
    for block in complete {
      let ranking = AverageRanks(block)
      tieSum += ranking.tieSum
      for method in sums.indices { sums[method] += ranking.ranks[method] }
    }
    self.blocks = complete.count
    methods = sums.count
    let correction = 1 - tieSum / (k * (k * k - 1) * n)
    guard correction > 0 else {
      (statistic, pValue) = (0, 1)
      return
    }
    let squares = sums.reduce(0) { $0 + $1 * $1 }
    statistic = max(0, (12 / (k * n * (k + 1)) * squares - 3 * n * (k + 1)) / correction)
    pValue = Distributions.chiSquared(above: statistic, degrees: k - 1)
  }
}
