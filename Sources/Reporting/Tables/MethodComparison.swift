public import Evaluation
import Experiments

/// One method against the protocol's baseline under one condition in one metric, paired by patient.
///
/// Only volumes that both methods have, complete, with the metric, take part. The difference
/// method − baseline of each is averaged over the seeds of a scan, then over the scans of a patient;
/// the patients' figures are compared.
public struct MethodComparison: Sendable, Equatable {
  /// The figures of one patient, each the mean over the scans that both methods have.
  public struct Pair: Sendable, Equatable {
    /// The patient's pseudonym.
    public let patient: String
    public let method: Double
    public let baseline: Double
    /// method − baseline; 0 where both images are exact and both figures infinite.
    public let difference: Double
  }

  public let group: ConditionGroup
  public let metric: Metric
  /// The label of the method.
  public let method: String
  /// The label of the baseline.
  public let baseline: String
  /// The scans that both have.
  public let volumes: Int
  /// One a patient, in order of appearance.
  public let pairs: [Pair]
  /// The mean difference over the patients, in the metric's unit; nil without pairs and where it has
  /// no value.
  public let meanDifference: Double?
  /// The percentile bootstrap interval of `meanDifference`; nil for a single patient.
  public let interval: ConfidenceInterval?
  /// Wilcoxon's test with the Hodges–Lehmann median difference; nil for a single patient.
  public let test: WilcoxonSignedRank?
  /// Bias and limits of agreement of method − baseline; nil for a single patient and where a
  /// difference is infinite.
  public let agreement: BlandAltman?
  /// The p value of `test` after Holm's correction for all tests of the family.
  ///
  /// The family is one metric in one region: all methods under all masks, accelerations and centre
  /// fractions.
  public private(set) var adjustedP: Double?
  /// The number of tests in the family.
  public private(set) var family = 0

  /// The patients whose figure is the better with the method.
  public var better: Int { pairs.count { (metric.isBetterHigh ? 1 : -1) * $0.difference > 0 } }
  /// The patients whose figure is the worse with the method.
  public var worse: Int { pairs.count { (metric.isBetterHigh ? 1 : -1) * $0.difference < 0 } }

  init(
    of method: String, with baseline: String, in group: GroupVolumes, metric: Metric,
    statistics: SweepProtocol.Statistics
  ) {
    let others = group.complete[baseline] ?? [:]
    let found = group.complete[method] ?? [:]
    let common = group.draws.compactMap { draw -> (VolumeResult, Double, Double)? in
      guard let volume = found[draw], let figure = volume.metrics[metric],
        let other = others[draw]?.metrics[metric]
      else { return nil }
      return (volume, figure, other)
    }
    func figures(_ figure: (Double, Double) -> Double) -> ScanFigures {
      ScanFigures(
        common.map { ($0.condition.scan, $0.condition.patient, figure($1, $2)) })
    }
    // The difference of two exact images is none, though ∞ − ∞ has no value.
    let differences = figures { $0 == $1 ? 0 : $0 - $1 }
    let (first, second) = (figures { figure, _ in figure }, figures { _, other in other })
    self.group = group.group
    self.metric = metric
    self.method = method
    self.baseline = baseline
    volumes = differences.scans.count
    let means = differences.patientMeans
    let sides = zip(first.patientMeans, second.patientMeans)
    pairs = zip(differences.patients, zip(means, sides)).map { patient, figures in
      Pair(
        patient: patient.name, method: figures.1.0, baseline: figures.1.1, difference: figures.0)
    }
    let mean = ScanFigures.mean(means)
    meanDifference = mean.isNaN ? nil : mean
    interval = statistics.interval(ofMeansOver: means)
    test = means.count > 1 ? WilcoxonSignedRank(differences: means) : nil
    agreement = BlandAltman(differences: means, confidence: statistics.confidence)
  }

  /// The comparisons with their p values corrected, family by family.
  static func corrected(_ comparisons: [MethodComparison]) -> [MethodComparison] {
    struct Family: Hashable {
      let metric: Metric
      let region: String
    }
    var result = comparisons
    let families = Dictionary(grouping: comparisons.indices) {
      Family(metric: comparisons[$0].metric, region: comparisons[$0].group.region)
    }
    for members in families.values {
      let tested = members.filter { comparisons[$0].test != nil }
      let adjusted = HolmCorrection.adjusted(tested.compactMap { comparisons[$0].test?.pValue })
      for member in members { result[member].family = tested.count }
      for (member, value) in zip(tested, adjusted) { result[member].adjustedP = value }
    }
    return result
  }
}
