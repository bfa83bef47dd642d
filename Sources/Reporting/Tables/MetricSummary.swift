import Arrays
public import Evaluation
import Experiments

/// One metric of a method under one condition; the unit of analysis is that of `ConditionSummary`.
public struct MetricSummary: Sendable, Equatable {
  public let metric: Metric
  /// Over the scans, one figure each, in the metric's unit.
  ///
  /// An infinite PSNR makes the mean infinite and leaves no standard deviation; median and quartiles
  /// keep their meaning.
  public let volumes: SummaryStatistics
  /// The number of patients whose scans have the metric.
  public let patients: Int
  /// The mean over the patients of each one's mean; other than `volumes.mean` only where patients
  /// have different numbers of scans.
  public let patientMean: Double
  /// The percentile bootstrap interval of `patientMean` over patients; nil for a single patient.
  public let interval: ConfidenceInterval?

  /// Nil if no volume has the metric.
  init?(_ metric: Metric, of volumes: [VolumeResult], statistics: SweepProtocol.Statistics) {
    let figures = ScanFigures(
      volumes.compactMap { volume in
        volume.metrics[metric].map { (volume.condition.scan, volume.condition.patient, $0) }
      })
    guard let summary = SummaryStatistics(figures.scans) else { return nil }
    self.metric = metric
    self.volumes = summary
    let means = figures.patientMeans
    patients = means.count
    patientMean = ScanFigures.mean(means)
    interval = statistics.interval(ofMeansOver: means)
  }
}

extension SweepProtocol.Statistics {
  /// The bootstrap interval of the mean of the patients' figures; nil for fewer than two patients
  /// and where it has no value.
  ///
  /// Each interval draws from a stream of its own that starts at the protocol's seed, so that no
  /// interval depends on which others a table holds.
  func interval(ofMeansOver figures: [Double]) -> ConfidenceInterval? {
    BootstrapInterval(
      meanOf: figures.map { [$0] }, resamples: resamples, confidence: confidence,
      stream: RandomStream(seed: seed))?.interval
  }
}
