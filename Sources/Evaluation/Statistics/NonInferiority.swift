public import Arrays

/// Whether a new method is worse than a reference by less than a margin, from paired scores.
///
/// The mean difference is compared with −margin by the bounds of its two-sided bootstrap interval
/// over the cases; at the confidence of 95 % the lower bound is that of a one-sided test at 2.5 %.
/// Source: Piaggio et al., CONSORT extension for noninferiority trials, JAMA 308(24), 2012, and EMA
/// guideline EMEA/CPMP/EWP/2158/99, 2005.
public struct NonInferiority: Sendable, Equatable {
  /// What the interval says about the margin.
  public enum Verdict: String, Sendable {
    /// The whole interval lies above −margin.
    case nonInferior
    /// The whole interval lies below −margin.
    case inferior
    /// The interval contains −margin.
    case inconclusive
  }

  /// The mean difference, new − reference, with its interval over the cases.
  public let difference: BootstrapInterval
  /// The greatest loss that still counts as no loss, in the unit of the scores.
  public let margin: Double

  /// What the interval says.
  public var verdict: Verdict {
    if difference.interval.lower > -margin { return .nonInferior }
    return difference.interval.upper < -margin ? .inferior : .inconclusive
  }

  /// Compares by the differences new − reference of each case, one for each reader; greater scores
  /// must be better.
  ///
  /// Differences are averaged over the readers of a case and then over the cases; a missing reading
  /// is left out of its case's list. The result is nil for fewer than two cases with a difference
  /// and where one is NaN. Where every case has the same difference, the interval has no width. A
  /// margin that is not positive is a programmer's error and stops the program.
  public init?(
    differences cases: [[Double]], margin: Double, resamples: Int = 10_000,
    confidence: Double = 0.95, stream: RandomStream
  ) {
    guard margin > 0 else { fatalError("a margin must be positive, not \(margin)") }
    guard
      let difference = BootstrapInterval(
        meanOf: cases, resamples: resamples, confidence: confidence, stream: stream)
    else { return nil }
    self.difference = difference
    self.margin = margin
  }
}
