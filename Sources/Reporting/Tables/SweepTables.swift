import Arrays
public import Evaluation
public import Experiments
import Synchronization

/// All that follows from a sweep's results: volumes, summaries, comparisons with the baseline, costs.
///
/// Everything but the costs follows from `results.csv`, the record and the protocol's statistics
/// alone, to the last bit.
public struct SweepTables: Sendable {
  /// The protocol's title, for headings.
  public let title: String
  public let record: SweepRecord
  /// The confidence, the resamples and the baseline of comparisons.
  public let statistics: SweepProtocol.Statistics
  /// The slices that all else is computed from.
  public let table: ResultsTable
  /// The metrics in the order of the columns.
  public let metrics: [Metric]
  /// In the order of the scans, the masks and the methods.
  public let volumes: [VolumeResult]
  /// By group and, within it, by method as the protocol lists them.
  public let summaries: [ConditionSummary]
  /// By group, metric and method; empty if the protocol names no baseline.
  public let comparisons: [MethodComparison]
  public let costs: [SweepResults.Cost]
  public let costSummaries: [CostSummary]
  public let failures: [SweepResults.Failure]

  /// The tables of a sweep's folder.
  ///
  /// Throws `ExperimentError` for a metric that this program does not know.
  public init(results: SweepResults) throws(ExperimentError) {
    try self.init(
      title: results.settings.title, table: results.table, record: results.record,
      statistics: results.settings.statistics, costs: results.costs, failures: results.failures)
  }

  /// The tables of results that need not lie in a folder.
  ///
  /// Throws `ExperimentError` for a metric that this program does not know.
  public init(
    title: String, table: ResultsTable, record: SweepRecord,
    statistics: SweepProtocol.Statistics, costs: [SweepResults.Cost] = [],
    failures: [SweepResults.Failure] = []
  ) throws(ExperimentError) {
    var known: [Metric] = []
    for name in table.metrics {
      guard let metric = Metric(rawValue: name) else {
        throw ExperimentError(
          "the table of results has the metric '\(name)', which this version does not know; "
            + "use the version that wrote it (\(record.version))")
      }
      known.append(metric)
    }
    let metrics = known
    self.title = title
    self.record = record
    self.statistics = statistics
    self.table = table
    self.metrics = metrics
    self.costs = costs
    self.failures = failures
    volumes = VolumeResult.all(of: table, metrics: metrics)

    let order = TableOrder(record: record, volumes: volumes)
    let labels = Set(
      record.methods.map(\.label) + volumes.map(\.condition.method)
        + costs.map(\.condition.method))
    let methods = order.sorted(methods: labels)
    let byGroup = Dictionary(grouping: volumes, by: ConditionGroup.init)
    let groups = order.groups(of: volumes).map {
      GroupVolumes($0, byGroup[$0] ?? [], methods: methods)
    }
    summaries = parallelMap(groups.flatMap { group in methods.map { (group, $0) } }) {
      ConditionSummary(of: $1, in: $0, metrics: metrics, statistics: statistics)
    }
    var comparisons: [MethodComparison] = []
    if let baseline = statistics.baseline {
      let tasks = groups.flatMap { group in
        metrics.flatMap { metric in
          methods.filter { $0 != baseline }.map { (group, metric, $0) }
        }
      }
      comparisons = MethodComparison.corrected(
        parallelMap(tasks) { group, metric, method in
          MethodComparison(
            of: method, with: baseline, in: group, metric: metric, statistics: statistics)
        })
    }
    self.comparisons = comparisons
    costSummaries = CostSummary.all(of: costs, methods: methods)
  }

  /// The groups that the tables show, in their order.
  public var groups: [ConditionGroup] {
    var seen = Set<ConditionGroup>()
    return summaries.map(\.group).filter { seen.insert($0).inserted }
  }
}

/// `transform` of each item, shared out over the threads, in the order of the items.
private func parallelMap<Item: Sendable, Result: Sendable>(
  _ items: [Item], _ transform: @Sendable (Item) -> Result
) -> [Result] {
  let results = Mutex([Result?](repeating: nil, count: items.count))
  parallelFor(items.count) { index in
    let result = transform(items[index])
    results.withLock { $0[index] = result }
  }
  return results.withLock { $0 }.compactMap { $0 }
}
