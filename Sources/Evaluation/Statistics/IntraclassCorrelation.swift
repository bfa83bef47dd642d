/// The intraclass correlation of readers' scores: two-way random effects, absolute agreement.
///
/// The share of the scores' variance that is due to the cases, where cases and readers are samples
/// of larger populations and a reader's offset counts as disagreement. Source: Shrout and Fleiss,
/// Psychological Bulletin 86(2), 1979, ICC(2,1) and ICC(2,k); intervals by McGraw and Wong,
/// Psychological Methods 1(1), 1996, table 7, ICC(A,1) and ICC(A,k).
public struct IntraclassCorrelation: Sendable, Equatable {
  /// The number of cases used: those that every reader scored.
  public let cases: Int
  /// The number of readers, k.
  public let readers: Int
  /// ICC(2,1), the reliability of one reader's score; it may be slightly negative.
  public let single: Double
  /// The confidence interval of ICC(2,1).
  ///
  /// Nil where it has no value, in particular where the readers agree fully.
  public let singleInterval: ConfidenceInterval?
  /// ICC(2,k), the reliability of the mean over the readers.
  ///
  /// Nil where the cases differ so much less than the readers that the estimate loses its meaning
  /// (its denominator, the estimated variance of a mean score, is not positive).
  public let average: Double?
  /// The confidence interval of ICC(2,k); nil where it has no value.
  public let averageInterval: ConfidenceInterval?

  /// Summarises one row of scores a case, one column a reader.
  ///
  /// A case with a missing score (nil or NaN) is left out. The result is nil for fewer than two
  /// cases or readers, for infinite scores and where all scores are equal. Rows of different length
  /// are a programmer's error and stop the program.
  public init?(_ scores: [[Double?]], confidence: Double = 0.95) {
    checkConfidence(confidence)
    let rows = completeRows(scores)
    guard rows.count > 1, rows[0].count > 1, rows.allSatisfy({ $0.allSatisfy(\.isFinite) }),
      rows.contains(where: { $0.contains { $0 != rows[0][0] } })
    else { return nil }
    let squares = MeanSquares(rows)
    let (n, k) = (squares.cases, squares.readers)
    cases = rows.count
    readers = rows[0].count
    let effect = squares.betweenCases - squares.residual
    let offset = squares.betweenReaders - squares.residual
    single = effect / (squares.betweenCases + (k - 1) * squares.residual + k * offset / n)
    let denominator = squares.betweenCases + offset / n
    average = denominator > 0 ? effect / denominator : nil
    let bounds = squares.quantiles(correlation: single, confidence: confidence)
    singleInterval = bounds.flatMap { bounds in
      let other = k * squares.betweenReaders + (k * n - k - n) * squares.residual
      return squares.interval(bounds, other: other, confidence: confidence)
    }
    averageInterval =
      average == nil
      ? nil
      : bounds.flatMap { squares.interval($0, other: offset, confidence: confidence) }
  }
}

/// The mean squares of a two-way table of scores without replication.
private struct MeanSquares {
  let cases: Double
  let readers: Double
  let betweenCases: Double
  let betweenReaders: Double
  let residual: Double

  init(_ rows: [[Double]]) {
    let (n, k) = (Double(rows.count), Double(rows[0].count))
    let caseMeans = rows.map { $0.reduce(0, +) / k }
    let readerMeans = rows[0].indices.map { reader in
      rows.reduce(0) { $0 + $1[reader] } / n
    }
    let mean = caseMeans.reduce(0, +) / n
    func square(_ value: Double) -> Double { value * value }
    var left = 0.0
    for (row, caseMean) in zip(rows, caseMeans) {
      for (score, readerMean) in zip(row, readerMeans) {
        left += square(score - caseMean - readerMean + mean)
      }
    }
    cases = n
    readers = k
    betweenCases = k * caseMeans.reduce(0) { $0 + square($1 - mean) } / (n - 1)
    betweenReaders = n * readerMeans.reduce(0) { $0 + square($1 - mean) } / (k - 1)
    residual = left / ((n - 1) * (k - 1))
  }

  /// The quantiles of F for the lower and the upper bound, with Satterthwaite's degrees of freedom.
  func quantiles(correlation: Double, confidence: Double) -> (lower: Double, upper: Double)? {
    guard correlation < 1 else { return nil }
    let scale = readers * correlation / (cases * (1 - correlation))
    let readerPart = scale * betweenReaders
    let residualPart = (1 + scale * (cases - 1)) * residual
    let degrees =
      (readerPart + residualPart) * (readerPart + residualPart)
      / (readerPart * readerPart / (readers - 1)
        + residualPart * residualPart / ((cases - 1) * (readers - 1)))
    guard degrees.isFinite, degrees > 0 else { return nil }
    let probability = (1 + confidence) / 2
    return (
      Distributions.fisherQuantile(probability, cases - 1, degrees),
      Distributions.fisherQuantile(probability, degrees, cases - 1)
    )
  }

  /// Both bounds of McGraw and Wong's table 7, in which ICC(A,1) and ICC(A,k) differ by `other`.
  func interval(_ bound: (lower: Double, upper: Double), other: Double, confidence: Double)
    -> ConfidenceInterval?
  {
    let lowerDenominator = bound.lower * other + cases * betweenCases
    let upperDenominator = other + cases * bound.upper * betweenCases
    guard lowerDenominator > 0, upperDenominator > 0 else { return nil }
    let lower = cases * (betweenCases - bound.lower * residual) / lowerDenominator
    let upper = cases * (bound.upper * betweenCases - residual) / upperDenominator
    guard lower.isFinite, upper.isFinite else { return nil }
    return ConfidenceInterval(lower: lower, upper: upper, confidence: confidence)
  }
}
