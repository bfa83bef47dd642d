/// The two-sided confidence interval of a figure, in the figure's unit.
public struct ConfidenceInterval: Sendable, Equatable {
  /// The lower bound; −∞ where the interval is unbounded below.
  public let lower: Double
  /// The upper bound; ∞ where the interval is unbounded above.
  public let upper: Double
  /// The confidence as a fraction, such as 0.95.
  public let confidence: Double

  /// The interval `centre ± reach`.
  init(centre: Double, reach: Double, confidence: Double) {
    self.init(lower: centre - reach, upper: centre + reach, confidence: confidence)
  }

  init(lower: Double, upper: Double, confidence: Double) {
    (self.lower, self.upper, self.confidence) = (lower, upper, confidence)
  }

  /// `[lower, upper]` with `digits` decimals.
  public func text(digits: Int) -> String {
    "[\(lower.text(digits: digits)), \(upper.text(digits: digits))]"
  }
}

/// Stops the program unless `confidence` lies between 0 and 1: a programmer's error.
func checkConfidence(_ confidence: Double) {
  guard confidence > 0, confidence < 1 else {
    fatalError("a confidence must lie between 0 and 1, not be \(confidence)")
  }
}
