import Experiments

/// Which images an export carries.
public enum ExportedImages: String, Sendable, CaseIterable {
  /// Every image of the run.
  case all
  /// A few slices, so that the export stays small.
  case cases
  case none
}

/// The images of an export: rows of the table of results, one for each image.
struct ExportSelection {
  /// A slice of a scan under one mask.
  struct Case: Hashable {
    let scan: String
    let slice: Int
    let mask: String
    let acceleration: Double
    let centerFraction: Double
    let seed: String

    init(_ row: SliceResult) {
      let condition = row.condition
      (scan, slice, mask, seed) = (condition.scan, row.slice, condition.mask, condition.seed)
      acceleration = condition.acceleration
      centerFraction = condition.centerFraction
    }
  }

  /// By case, in the order of the table.
  let rows: [SliceResult]
  /// In the order of their numbers, from 1.
  let cases: [Case]
  private let numbers: [Case: Int]

  /// The bytes of images before packing that the choice `cases` keeps within, if one slice under one
  /// mask fits.
  static let limit = 700_000

  init(_ images: ExportedImages, results: SweepResults) {
    var seen = Set<String>()
    // A row for each region: one of them is enough.
    let all = results.table.rows.filter {
      seen.insert("\($0.condition.job) \($0.slice)").inserted
    }
    let kept =
      switch images {
      case .none: [SliceResult]()
      case .all: all
      case .cases: Self.few(all, results.record)
      }
    cases = DataFrame.unique(kept.map(Case.init))
    let numbers = Dictionary(uniqueKeysWithValues: cases.enumerated().map { ($1, $0 + 1) })
    self.numbers = numbers
    rows = kept.enumerated().sorted { one, other in
      (numbers[Case(one.element)] ?? 0, one.offset)
        < (numbers[Case(other.element)] ?? 0, other.offset)
    }.map(\.element)
  }

  func caseNumber(of row: SliceResult) -> Int { numbers[Case(row)] ?? 0 }

  /// The middle slice of one scan after another, under the first mask pattern and its first seed at
  /// every acceleration, as far as they fit; of the first scan at least the highest acceleration.
  private static func few(_ rows: [SliceResult], _ record: SweepRecord) -> [SliceResult] {
    guard let pattern = rows.first?.condition.mask else { return [] }
    var kept: [SliceResult] = []
    var bytes = 0
    for scan in record.scans {
      let own = rows.filter { $0.condition.scan == scan.name && $0.condition.mask == pattern }
      let slices = Set(own.map(\.slice)).sorted()
      guard !slices.isEmpty, let seed = own.first?.condition.seed else { continue }
      let shown = own.filter {
        $0.slice == slices[slices.count / 2] && $0.condition.seed == seed
      }
      let size = 4 * scan.image.reduce(1, *)
      if bytes + size * (shown.count + 1) <= limit {
        kept += shown
        bytes += size * (shown.count + 1)
      } else if kept.isEmpty {
        let most = shown.map(\.condition.acceleration).max()
        return shown.filter { $0.condition.acceleration == most }
      } else {
        break
      }
    }
    return kept
  }
}
