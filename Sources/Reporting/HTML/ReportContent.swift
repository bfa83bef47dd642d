import Arrays
import Experiments

/// Where the report finds the images of a slice.
protocol SliceImages {
  /// The method's image `[rows, columns]`; nil if it was not kept.
  func image(_ row: SliceResult) throws -> RealArray?
  /// The reference `[rows, columns]`.
  func reference(_ row: SliceResult) throws -> RealArray
  /// The share `[rows, columns]` to which the prior decided; nil if the method left none.
  func priorShare(_ row: SliceResult) throws -> RealArray?
  /// The sampled columns.
  func mask(_ row: SliceResult) -> SweepRecord.Mask?
}

extension SweepResults: SliceImages {}

/// All that a report tells.
struct ReportContent {
  let title: String
  let description: String
  /// The effective protocol as YAML.
  let protocolText: String
  let tables: SweepTables
  let jobsDone: Int
  /// Jobs whose result files are damaged.
  let damaged: [String]
  let images: any SliceImages

  var record: SweepRecord { tables.record }

  /// The methods' labels in the order of the tables.
  var methods: [String] {
    var seen = Set<String>()
    return tables.summaries.map(\.method).filter { seen.insert($0).inserted }
  }

  var baseline: String? { tables.statistics.baseline }

  /// The method that cases are chosen by: ILO if it takes part, else the first that is neither the
  /// baseline nor the zero-filled image, else the first.
  var mainMethod: String? {
    let candidates = record.methods.filter { $0.label != baseline }
    return
      (candidates.first { $0.name == "ilo" } ?? candidates.first { $0.name != "zero-filled" }
      ?? candidates.first ?? record.methods.first)?.label
  }

  var styles: MethodStyles { MethodStyles(methods: methods, main: mainMethod) }

  /// The regions that the tables show, in their order.
  var regions: [String] {
    var seen = Set<String>()
    return tables.groups.map(\.region).filter { seen.insert($0).inserted }
  }

  /// A name for `region` that may stand in an attribute: regions are named by users.
  func key(region: String) -> String {
    "r\(regions.firstIndex(of: region) ?? 0)"
  }

  func groups(region: String) -> [ConditionGroup] {
    tables.groups.filter { $0.region == region }
  }

  func summaries(_ group: ConditionGroup) -> [ConditionSummary] {
    tables.summaries.filter { $0.group == group }
  }

  /// `random, 4×` and, where a mask has several centre fractions at one acceleration, that as well.
  func heading(_ group: ConditionGroup) -> String {
    let isFractionShown = tables.groups.contains {
      $0.mask == group.mask && $0.acceleration == group.acceleration
        && $0.centerFraction != group.centerFraction
    }
    return "\(group.mask), \(PrintedNumber.short(group.acceleration))×"
      + (isFractionShown ? ", centre \(PrintedNumber.short(group.centerFraction))" : "")
  }

  var confidence: String { TableStatements.percent(tables.statistics.confidence) }
}
