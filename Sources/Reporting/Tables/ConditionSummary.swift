public import Evaluation
import Experiments

/// What one method gave under one condition, summed up over scans and patients.
///
/// The unit of analysis: the seeds of the mask are averaged within each scan first; mean, standard
/// deviation, median and quartiles are then taken over the scans, one figure (a volume) each; and
/// confidence intervals come from resampling whole patients, never slices.
public struct ConditionSummary: Sendable, Equatable {
  public let group: ConditionGroup
  /// The method's label.
  public let method: String
  /// The patients with at least one complete volume.
  public let patients: Int
  /// The scans with at least one complete volume.
  public let volumes: Int
  /// The slices of these scans.
  public let slices: Int
  /// The seeds of the mask, for the scan that has most.
  public let seeds: Int
  /// Acquired columns over sampled ones, over scans and seeds; nil without a volume.
  public let achievedAcceleration: SummaryStatistics?
  /// `measured`, `simulated`, or both.
  public let data: String
  /// The volumes that the method lacks and others have; empty for none.
  public let note: String
  /// In the order of the table's columns; a metric that no volume has is missing.
  public let metrics: [MetricSummary]

  init(
    of method: String, in group: GroupVolumes, metrics: [Metric],
    statistics: SweepProtocol.Statistics
  ) {
    let volumes = group.volumes(of: method)
    self.group = group.group
    self.method = method
    patients = Set(volumes.map(\.condition.patient)).count
    let scans = Dictionary(grouping: volumes, by: \.condition.scan)
    self.volumes = scans.count
    slices = scans.values.reduce(0) { $0 + Set($1.flatMap(\.slices)).count }
    seeds = scans.values.map(\.count).max() ?? 0
    achievedAcceleration = SummaryStatistics(volumes.map(\.condition.achievedAcceleration))
    data = Set(volumes.map(\.condition.data)).sorted().joined(separator: " and ")
    note = group.notes[method] ?? ""
    self.metrics = metrics.compactMap {
      MetricSummary($0, of: volumes, statistics: statistics)
    }
  }
}
