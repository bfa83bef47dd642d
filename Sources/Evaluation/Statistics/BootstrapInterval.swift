public import Arrays

/// A figure of a group of patients with its bootstrap confidence interval.
///
/// Whole patients are drawn with replacement, because the slices of one patient are not independent
/// (the cluster bootstrap: Davison and Hinkley, Bootstrap Methods and their Application, 1997,
/// section 3.8). With few patients, below about 20, the intervals are somewhat too narrow.
///
/// The result depends on the random stream alone and not on the number of threads.
public struct BootstrapInterval: Sendable, Equatable {
  /// How bounds are read off the resampled figures.
  public enum Method: String, Sendable, CaseIterable {
    /// The quantiles (1 ∓ confidence)/2 themselves, interpolated as by NumPy; the interval that
    /// Radmanesh et al. report (Radiology: Artificial Intelligence 4(6), 2022).
    case percentile
    /// Corrected for bias and acceleration: BCa (Efron, J. Am. Statist. Assoc. 82, 1987), as
    /// `scipy.stats.bootstrap` computes it.
    case biasCorrectedAccelerated
  }

  /// The figure of the patients themselves, not of resamples.
  public let estimate: Double
  /// The confidence interval of the figure.
  public let interval: ConfidenceInterval
  /// The number of patients drawn from.
  public let patients: Int
  /// The number of resamples in which the figure has a value.
  public let resamples: Int

  /// The mean over the patients of each patient's mean, with its interval.
  ///
  /// A patient with more slices does not weigh more than another. A patient without figures is left
  /// out. The result is nil for fewer than two patients and where a figure is NaN.
  ///
  /// Infinite figures (the PSNR of an exact image) are not dropped: the mean of a resample that
  /// holds one is infinite, and so is each bound that falls among such means. The result is nil
  /// where ∞ and −∞ meet and, for the BCa interval, with any infinite figure.
  public init?(
    meanOf patients: [[Double]], resamples: Int = 10_000, confidence: Double = 0.95,
    method: Method = .percentile, stream: RandomStream
  ) {
    let means = patients.filter { !$0.isEmpty }.map { $0.reduce(0, +) / Double($0.count) }
    self.init(
      drawing: means.count, resamples: resamples, confidence: confidence, method: method,
      stream: stream
    ) { drawn in
      var sum = 0.0
      for index in drawn { sum += means[index] }
      return sum / Double(drawn.count)
    }
  }

  /// Any figure of a group of patients, with its interval.
  ///
  /// `statistic` computes the figure of a list of patients, or nil where it has none. Resamples in
  /// which it has none (nil or NaN) are left out, and `resamples` says how many were not. The result
  /// is nil for fewer than two patients, where the figure of the patients themselves has no value,
  /// or where less than half of the resamples have one.
  public init?<Patient>(
    of patients: [Patient], resamples: Int = 10_000, confidence: Double = 0.95,
    method: Method = .percentile, stream: RandomStream, statistic: ([Patient]) -> Double?
  ) {
    self.init(
      drawing: patients.count, resamples: resamples, confidence: confidence, method: method,
      stream: stream
    ) { drawn in statistic(drawn.map { patients[$0] }) }
  }

  /// The figure that `statistic` computes from a list of indices below `count`.
  private init?(
    drawing count: Int, resamples: Int, confidence: Double, method: Method, stream: RandomStream,
    statistic: ([Int]) -> Double?
  ) {
    checkConfidence(confidence)
    guard resamples > 0 else { fatalError("a bootstrap needs at least one resample") }
    guard count > 1, let estimate = statistic([Int](0..<count)), !estimate.isNaN else { return nil }
    var stream = stream
    var drawn = [Int](repeating: 0, count: count)
    var figures: [Double] = []
    figures.reserveCapacity(resamples)
    for _ in 0..<resamples {
      for place in 0..<count {
        // The high word of the product: a bias of at most count/2⁶⁴, and no draw is refused.
        drawn[place] = Int(stream.next().multipliedFullWidth(by: UInt64(count)).high)
      }
      if let figure = statistic(drawn), !figure.isNaN { figures.append(figure) }
    }
    guard figures.count * 2 >= resamples else { return nil }
    figures.sort()
    var tails: (lower: Double, upper: Double)? = ((1 - confidence) / 2, (1 + confidence) / 2)
    if method == .biasCorrectedAccelerated {
      let jackknife = (0..<count).map { left in statistic((0..<count).filter { $0 != left }) }
      tails = BiasCorrection(
        sorted: figures, estimate: estimate, jackknife: jackknife.compactMap { $0 },
        patients: count
      )?.tails(confidence: confidence)
    }
    guard let tails else { return nil }
    self.estimate = estimate
    interval = ConfidenceInterval(
      lower: linearQuantile(ofSorted: figures, tails.lower),
      upper: linearQuantile(ofSorted: figures, tails.upper), confidence: confidence)
    patients = count
    self.resamples = figures.count
  }
}
