/// Agreement of two ways to measure a quantity: the bias and the limits of agreement.
///
/// Source: Bland and Altman, Lancet 327, 1986, and Stat. Methods Med. Res. 8(2), 1999. The pairs
/// must be independent: one a patient, not one a slice. All figures have the quantity's unit.
public struct BlandAltman: Sendable, Equatable {
  /// The standard deviations that a limit lies from the bias, as in the papers: 95 % of normal
  /// differences lie between the limits.
  public static let limitFactor = 1.96

  /// The number of pairs.
  public let count: Int
  /// The mean difference, first − second.
  public let bias: Double
  /// The sample standard deviation of the differences (divisor n − 1).
  public let standardDeviation: Double
  /// The confidence interval of the bias: t with n − 1 degrees, standard error s/√n.
  public let biasInterval: ConfidenceInterval
  /// The confidence interval of the lower limit of agreement.
  public let lowerLimitInterval: ConfidenceInterval
  /// The confidence interval of the upper limit of agreement.
  public let upperLimitInterval: ConfidenceInterval

  /// The lower 95 % limit of agreement, bias − 1.96 s.
  public var lowerLimit: Double { bias - Self.limitFactor * standardDeviation }
  /// The upper 95 % limit of agreement, bias + 1.96 s.
  public var upperLimit: Double { bias + Self.limitFactor * standardDeviation }

  /// Compares `first` with `second`; nil as for `init(differences:confidence:)`.
  ///
  /// Lists of different length are a programmer's error and stop the program.
  public init?(_ first: [Double], _ second: [Double], confidence: Double = 0.95) {
    self.init(differences: pairedDifferences(first, second), confidence: confidence)
  }

  /// Summarises `differences`; nil for fewer than two, or where one is NaN or infinite.
  ///
  /// `confidence` is that of the intervals; the limits are always those of 95 %. Equal differences
  /// give intervals of no width. The standard error of a limit is s·√(1/n + 1.96²/(2(n − 1))), of
  /// which the papers' √(3/n)·s is a rounding.
  public init?(differences: [Double], confidence: Double = 0.95) {
    checkConfidence(confidence)
    guard differences.count > 1, differences.allSatisfy(\.isFinite),
      let summary = SummaryStatistics(differences), let spread = summary.standardDeviation
    else { return nil }
    count = summary.count
    bias = summary.mean
    standardDeviation = spread
    let n = Double(count)
    let quantile = Distributions.studentQuantile((1 + confidence) / 2, degrees: n - 1)
    let limitError = (1 / n + Self.limitFactor * Self.limitFactor / (2 * (n - 1))).squareRoot()
    biasInterval = ConfidenceInterval(
      centre: bias, reach: quantile * spread / n.squareRoot(), confidence: confidence)
    lowerLimitInterval = ConfidenceInterval(
      centre: bias - Self.limitFactor * spread, reach: quantile * spread * limitError,
      confidence: confidence)
    upperLimitInterval = ConfidenceInterval(
      centre: bias + Self.limitFactor * spread, reach: quantile * spread * limitError,
      confidence: confidence)
  }
}
