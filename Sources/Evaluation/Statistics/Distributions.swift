import CRmath

/// Distribution functions, computed by R's mathematical library (libRmath).
///
/// Only functions of that library without state are used, so that any thread may call them; its
/// `psignrank` keeps a table in static memory and is therefore not among them. The library prints a
/// warning for arguments outside a function's domain: callers check theirs.
enum Distributions {
  /// Φ(z), the standard normal distribution function.
  static func normal(below z: Double) -> Double { pnorm5(z, 0, 1, 1, 0) }

  /// Φ⁻¹(p); −∞ at 0 and ∞ at 1.
  static func normalQuantile(_ probability: Double) -> Double { qnorm5(probability, 0, 1, 1, 0) }

  /// The quantile of Student's t distribution.
  static func studentQuantile(_ probability: Double, degrees: Double) -> Double {
    qt(probability, degrees, 1, 0)
  }

  /// The quantile of Fisher's F distribution.
  static func fisherQuantile(_ probability: Double, _ numerator: Double, _ denominator: Double)
    -> Double
  {
    qf(probability, numerator, denominator, 1, 0)
  }

  /// The probability that a χ² variable exceeds `value`.
  static func chiSquared(above value: Double, degrees: Double) -> Double {
    pchisq(value, degrees, 0, 0)
  }
}
