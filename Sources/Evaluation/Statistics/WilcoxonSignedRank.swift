/// Wilcoxon's signed-rank test, two-sided, whether the differences of paired figures centre at zero.
///
/// The pairs must be independent. Give one pair a patient (the mean over its slices), not one a
/// slice. Choices follow the defaults of `scipy.stats.wilcoxon` (scipy:scipy/stats/_wilcoxon.py,
/// 1.17): differences of exactly zero are dropped (Wilcoxon, Biometrics Bulletin 1(6), 1945), equal
/// sizes share the mean rank, and there is no continuity correction.
/// Sizes are compared bit for bit: round figures that should tie before the test.
public struct WilcoxonSignedRank: Sendable, Equatable {
  /// How the p value was computed.
  public enum Distribution: String, Sendable {
    /// From all 2ⁿ assignments of signs to the ranks.
    case exact
    /// From the normal approximation with tie correction.
    case normalApproximation
  }

  /// The number of pairs given.
  public let pairs: Int
  /// The number of pairs used: those that differ.
  public let used: Int
  /// The sum of the ranks of the positive differences.
  public let positiveRankSum: Double
  /// The sum of the ranks of the negative differences.
  public let negativeRankSum: Double
  /// The two-sided p value; 1 where all differences are zero.
  ///
  /// SciPy gives NaN for more than 13 differences that are all zero; a table needs a figure, and no
  /// outcome is less at odds with the hypothesis.
  public let pValue: Double
  /// How the p value was computed.
  public let distribution: Distribution
  /// The Hodges–Lehmann estimate of the median difference: the median of the means of all pairs of
  /// differences, each with itself too and zeros included, in the unit of the figures.
  ///
  /// Nil where differences of ∞ and −∞ meet. Source: Hodges and Lehmann, Ann. Math. Statist. 34(2),
  /// 1963.
  public let medianDifference: Double?

  /// W, the lesser of the two rank sums, as SciPy reports it.
  public var statistic: Double { min(positiveRankSum, negativeRankSum) }

  /// The matched-pairs rank-biserial correlation, in −1...1: (W₊ − W₋) / (W₊ + W₋).
  ///
  /// Positive where the first figures are the greater ones; nil where all differences are zero.
  /// Source: Kerby, Comprehensive Psychology 3, 2014.
  public var rankBiserial: Double? {
    used > 0
      ? (positiveRankSum - negativeRankSum) / (positiveRankSum + negativeRankSum) : nil
  }

  /// Tests the differences `first − second`; nil as for `init(differences:)`.
  ///
  /// Lists of different length are a programmer's error and stop the program.
  public init?(_ first: [Double], _ second: [Double]) {
    self.init(differences: pairedDifferences(first, second))
  }

  /// Tests `differences`; nil if there are none or one is NaN.
  ///
  /// An infinite difference (the PSNR of an exact image against a finite one) has the highest rank;
  /// ∞ − ∞ is NaN. The p value is exact for up to 50 pairs without zeros and ties, and for up to 13
  /// pairs in any case, where SciPy enumerates the signs; else the normal approximation is used.
  public init?(differences: [Double]) {
    guard !differences.isEmpty, !differences.contains(where: \.isNaN) else { return nil }
    pairs = differences.count
    medianDifference = Self.hodgesLehmann(differences)
    let nonzero = differences.filter { $0 != 0 }
    used = nonzero.count
    let ranking = AverageRanks(nonzero.map(\.magnitude))
    var (positive, negative) = (0.0, 0.0)
    for (difference, rank) in zip(nonzero, ranking.ranks) {
      if difference > 0 { positive += rank } else { negative += rank }
    }
    (positiveRankSum, negativeRankSum) = (positive, negative)
    let isPlain = used == pairs && ranking.tieSum == 0
    if used == 0 {
      (pValue, distribution) = (1, .exact)
    } else if pairs <= 13 || (isPlain && pairs <= 50) {
      (pValue, distribution) = (Self.exactP(ranking.ranks, positive), .exact)
    } else {
      pValue = Self.approximateP(count: Double(used), tieSum: ranking.tieSum, positive)
      distribution = .normalApproximation
    }
  }

  /// The two-sided p value over all assignments of signs, by counting the subsets of the ranks.
  ///
  /// Doubled ranks are whole numbers even with ties. The counts stay below 2⁵⁰: every sum is exact.
  private static func exactP(_ ranks: [Double], _ positiveSum: Double) -> Double {
    let doubled = ranks.map { Int(2 * $0) }
    let total = doubled.reduce(0, +)
    var ways = [Double](repeating: 0, count: total + 1)
    ways[0] = 1
    var reached = 0
    for rank in doubled {
      reached += rank
      for sum in stride(from: reached, through: rank, by: -1) { ways[sum] += ways[sum - rank] }
    }
    let observed = Int(2 * positiveSum)
    let below = ways[...observed].reduce(0, +)
    let above = ways[observed...].reduce(0, +)
    var all = 1.0
    for _ in ranks { all *= 2 }
    return min(1, 2 * min(below, above) / all)
  }

  private static func approximateP(count: Double, tieSum: Double, _ positiveSum: Double) -> Double {
    let mean = count * (count + 1) / 4
    let variance = (count * (count + 1) * (2 * count + 1) - tieSum / 2) / 24
    let score = (positiveSum - mean) / variance.squareRoot()
    return min(1, 2 * Distributions.normal(below: -abs(score)))
  }

  private static func hodgesLehmann(_ differences: [Double]) -> Double? {
    guard !(differences.contains(.infinity) && differences.contains(-.infinity)) else { return nil }
    var means: [Double] = []
    means.reserveCapacity(differences.count * (differences.count + 1) / 2)
    for (index, first) in differences.enumerated() {
      for second in differences[index...] { means.append((first + second) / 2) }
    }
    means.sort()
    return linearQuantile(ofSorted: means, 0.5)
  }
}
