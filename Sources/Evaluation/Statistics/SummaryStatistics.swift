/// Count, mean, spread, quartiles and extremes of a list of figures, for tables.
public struct SummaryStatistics: Sendable, Equatable {
  /// The number of figures.
  public let count: Int
  /// The arithmetic mean.
  public let mean: Double
  /// The sample standard deviation (divisor n − 1); nil for a single figure and where a figure is
  /// infinite, because it has no value there.
  public let standardDeviation: Double?
  /// The least figure.
  public let minimum: Double
  /// The first quartile, interpolated linearly as by NumPy's `percentile(25)`.
  public let lowerQuartile: Double
  /// The median; the mean of the two middle figures of an even count.
  public let median: Double
  /// The third quartile, interpolated linearly as by NumPy's `percentile(75)`.
  public let upperQuartile: Double
  /// The greatest figure.
  public let maximum: Double

  /// Summarises `values`; nil if there are none.
  ///
  /// One NaN makes every figure NaN.
  public init?(_ values: [Double]) {
    guard !values.isEmpty else { return nil }
    count = values.count
    guard !values.contains(where: \.isNaN) else {
      (mean, standardDeviation, minimum, median, maximum) = (.nan, .nan, .nan, .nan, .nan)
      (lowerQuartile, upperQuartile) = (.nan, .nan)
      return
    }
    let sorted = values.sorted()
    let centre = values.reduce(0, +) / Double(count)
    mean = centre
    minimum = sorted[0]
    maximum = sorted[count - 1]
    let (low, high) = (sorted[(count - 1) / 2], sorted[count / 2])
    median = low == high ? low : (low + high) / 2
    lowerQuartile = linearQuantile(ofSorted: sorted, 0.25)
    upperQuartile = linearQuantile(ofSorted: sorted, 0.75)
    if count > 1, centre.isFinite {
      let squares = values.reduce(0) { $0 + ($1 - centre) * ($1 - centre) }
      standardDeviation = (squares / Double(count - 1)).squareRoot()
    } else {
      standardDeviation = nil
    }
  }

  /// `mean ± standard deviation` with `digits` decimals; the mean alone where there is no spread.
  public func text(digits: Int) -> String {
    guard let standardDeviation else { return mean.text(digits: digits) }
    return "\(mean.text(digits: digits)) ± \(standardDeviation.text(digits: digits))"
  }

  /// `median [first quartile, third quartile]` with `digits` decimals.
  public func medianText(digits: Int) -> String {
    let quartiles = [lowerQuartile, upperQuartile].map { $0.text(digits: digits) }
    return "\(median.text(digits: digits)) [\(quartiles.joined(separator: ", "))]"
  }
}
