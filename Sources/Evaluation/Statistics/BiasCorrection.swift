/// The correction of a bootstrap interval's quantiles for bias and acceleration (BCa).
///
/// Source: Efron and Tibshirani, An Introduction to the Bootstrap, 1993, sections 14.3 and 15.4, in
/// the form of scipy:scipy/stats/_resampling.py, `_bca_interval`.
struct BiasCorrection {
  private let bias: Double
  private let acceleration: Double

  /// The correction from the resampled figures, the estimate and the figures without one patient
  /// each.
  ///
  /// Nil where a jackknife figure has no value or is infinite, where all are equal, or where every
  /// resample lies on one side of the estimate: the correction has no value there.
  init?(sorted: [Double], estimate: Double, jackknife: [Double], patients: Int) {
    guard jackknife.count == patients, jackknife.allSatisfy(\.isFinite) else { return nil }
    let below = sorted.count { $0 < estimate }
    let notAbove = sorted.count { $0 <= estimate }
    let share = Double(below + notAbove) / Double(2 * sorted.count)
    guard share > 0, share < 1 else { return nil }
    bias = Distributions.normalQuantile(share)
    let mean = jackknife.reduce(0, +) / Double(patients)
    let squares = jackknife.reduce(0) { $0 + (mean - $1) * (mean - $1) }
    let cubes = jackknife.reduce(0) { $0 + (mean - $1) * (mean - $1) * (mean - $1) }
    guard squares > 0 else { return nil }
    acceleration = cubes / (6 * squares * squares.squareRoot())
  }

  /// The fractions at which to read the lower and the upper bound off the resampled figures.
  func tails(confidence: Double) -> (lower: Double, upper: Double)? {
    func corrected(_ probability: Double) -> Double {
      let shifted = bias + Distributions.normalQuantile(probability)
      return Distributions.normal(below: bias + shifted / (1 - acceleration * shifted))
    }
    let tails = (corrected((1 - confidence) / 2), corrected((1 + confidence) / 2))
    return tails.0.isNaN || tails.1.isNaN ? nil : tails
  }
}
