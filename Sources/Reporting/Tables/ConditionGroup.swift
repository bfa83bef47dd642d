import Experiments

/// What the methods of one table have in common: where they are measured and how k-space is sampled.
public struct ConditionGroup: Sendable, Hashable {
  /// `image`, `foreground` or `box:` with the label of a marked region.
  public let region: String
  /// The mask pattern.
  public let mask: String
  /// The asked acceleration.
  public let acceleration: Double
  /// The asked fraction of k-space that is sampled fully in the centre.
  public let centerFraction: Double

  init(_ volume: VolumeResult) {
    region = volume.region
    mask = volume.condition.mask
    acceleration = volume.condition.acceleration
    centerFraction = volume.condition.centerFraction
  }
}

/// The order of groups and methods in every table, whatever the order of the slices' rows.
///
/// Regions: the image, the foreground, the boxes by label. Masks and methods: as in the record of the
/// run, then any others in order of appearance. Accelerations and centre fractions: ascending.
struct TableOrder {
  private let masks: [String: Int]
  private let methods: [String: Int]

  init(record: SweepRecord, volumes: [VolumeResult]) {
    masks = Self.ranks(record.masks.map(\.pattern) + volumes.map(\.condition.mask))
    methods = Self.ranks(record.methods.map(\.label) + volumes.map(\.condition.method))
  }

  private static func ranks(_ names: [String]) -> [String: Int] {
    var ranks: [String: Int] = [:]
    for name in names where ranks[name] == nil { ranks[name] = ranks.count }
    return ranks
  }

  func groups(of volumes: [VolumeResult]) -> [ConditionGroup] {
    Set(volumes.map(ConditionGroup.init)).sorted { key($0) < key($1) }
  }

  func sorted(methods names: some Sequence<String>) -> [String] {
    names.sorted {
      (methods[$0, default: .max], $0) < (methods[$1, default: .max], $1)
    }
  }

  private func key(_ group: ConditionGroup) -> (Int, String, Int, Double, Double) {
    let region = ["image": 0, "foreground": 1][group.region] ?? 2
    return (
      region, group.region, masks[group.mask, default: .max], group.acceleration,
      group.centerFraction
    )
  }
}
