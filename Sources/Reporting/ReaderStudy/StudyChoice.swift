import Arrays
import Experiments

/// The methods and masks of a study, and the cases that have an image of each.
struct StudyChoice {
  /// A mask but for its seed.
  struct Mask: Hashable {
    let pattern: String
    let acceleration: Double
    let centerFraction: Double
  }

  /// A slice of a scan with its images.
  struct Case {
    let scan: String
    let patient: String
    let slice: Int
    /// The rows by mask, seed and method.
    var rows: [Mask: [String: [String: SliceResult]]] = [:]

    /// An image for each mask and method, all of one seed of the mask.
    func images(
      caseNumber: Int, choice: StudyChoice, _ stream: inout RandomStream
    ) -> [(image: ReaderStudyImage, row: SliceResult)] {
      choice.masks.flatMap { mask in
        let seeds = choice.completeSeeds(of: self, mask)
        let seed = seeds[stream.below(seeds.count)]
        return choice.methods.compactMap { method in
          rows[mask]?[seed]?[method].map {
            (ReaderStudyImage($0, caseNumber: caseNumber), $0)
          }
        }
      }
    }
  }

  let methods: [String]
  private(set) var masks: [Mask] = []
  private let path: String
  private var cases: [Case] = []

  init(_ settings: ReaderStudySettings, results: SweepResults) throws {
    path = results.folder.path
    let record = results.record
    func known<Value: Equatable>(
      _ asked: [Value]?, _ present: [Value], _ option: String, _ text: (Value) -> String
    ) throws -> [Value] {
      guard let asked else { return present }
      for value in asked where !present.contains(value) {
        throw ExperimentError(
          "\(option) \(text(value)): the run has \(present.map(text).joined(separator: ", "))")
      }
      return present.filter(asked.contains)
    }
    methods = try known(settings.methods, record.methods.map(\.label), "--methods") { $0 }
    if settings.includesReference, methods.contains(ReaderStudyImage.reference) {
      throw ExperimentError(
        "a method of the run is called 'reference', so that the reference cannot be shown beside it; "
          + "leave one of them out")
    }
    let patterns = try known(
      settings.masks, Self.unique(record.masks.map(\.pattern)), "--masks"
    ) { $0 }
    let accelerations = try known(
      settings.accelerations, Self.unique(record.masks.map(\.acceleration)), "--accelerations"
    ) { PrintedNumber.short($0) }
    masks = Self.unique(
      record.masks.map {
        Mask(
          pattern: $0.pattern, acceleration: $0.acceleration, centerFraction: $0.centerFraction)
      }
    ).filter { patterns.contains($0.pattern) && accelerations.contains($0.acceleration) }
    guard !masks.isEmpty else {
      throw ExperimentError(
        "--masks and --accelerations: the run has no mask of these patterns at these accelerations")
    }
    gather(results.table)
  }

  /// The seeds of which every method of the study has the image, in order.
  func completeSeeds(of one: Case, _ mask: Mask) -> [String] {
    let seeds = one.rows[mask] ?? [:]
    return seeds.filter { _, found in methods.allSatisfy { found[$0] != nil } }.keys.sorted()
  }

  /// Draws cases from one patient after another, so that as many patients as can be take part.
  func draw(_ asked: Int?, _ stream: inout RandomStream) throws -> [Case] {
    let count = asked ?? min(cases.count, ReaderStudySettings.customaryCases)
    guard !cases.isEmpty, count <= cases.count else {
      throw ExperimentError(
        cases.isEmpty
          ? "\(path): no slice has the images of all these methods and masks; "
            + "finish the sweep or ask for fewer"
          : "--cases \(count): the run has \(cases.count) slices with all these methods and masks")
    }
    var byPatient: [[Case]] = []
    for patient in Self.unique(cases.map(\.patient)).shuffled(using: &stream) {
      byPatient.append(cases.filter { $0.patient == patient }.shuffled(using: &stream))
    }
    let rounds = byPatient.map(\.count).max() ?? 0
    let order = (0..<rounds).flatMap { round in
      byPatient.compactMap { $0.indices.contains(round) ? $0[round] : nil }
    }
    return Array(order.prefix(count))
  }

  /// Sorts the rows by case and keeps the cases that lack nothing.
  private mutating func gather(_ table: ResultsTable) {
    struct Place: Hashable {
      let scan: String
      let slice: Int
    }
    var places: [Place: Int] = [:]
    var found: [Case] = []
    let (wanted, shown) = (Set(masks), Set(methods))
    for row in table.rows {
      let condition = row.condition
      let mask = Mask(
        pattern: condition.mask, acceleration: condition.acceleration,
        centerFraction: condition.centerFraction)
      guard wanted.contains(mask), shown.contains(condition.method) else { continue }
      let place = Place(scan: condition.scan, slice: row.slice)
      let index = places[place] ?? found.count
      if index == found.count {
        places[place] = index
        found.append(Case(scan: condition.scan, patient: condition.patient, slice: row.slice))
      }
      // A row for each region: one of them is enough.
      found[index].rows[mask, default: [:]][condition.seed, default: [:]][condition.method] = row
    }
    cases = found.filter { one in masks.allSatisfy { !completeSeeds(of: one, $0).isEmpty } }
  }

  private static func unique<Value: Hashable>(_ values: [Value]) -> [Value] {
    var seen = Set<Value>()
    return values.filter { seen.insert($0).inserted }
  }
}

extension RandomStream {
  /// A number from 0 up to, not including, `bound`.
  mutating func below(_ bound: Int) -> Int {
    Int(next().multipliedFullWidth(by: UInt64(bound)).high)
  }
}
