/// The scores of a study arranged by what the images show.
struct ReadingData {
  typealias Condition = ReaderAnalysis.Condition

  /// What an image shows but for the case; no condition for the reference.
  struct Arm: Hashable {
    let method: String
    let condition: Condition?
  }

  /// A case with its images.
  struct Case {
    let patient: String
    var images: [Arm: Int] = [:]
  }

  let readers: [ReaderScores.Reader]
  /// In the order of their numbers.
  let cases: [Case]
  let conditions: [Condition]
  let methods: [String]
  /// Original images and their repeats.
  let repeats: [(original: Int, copy: Int)]
  /// The images that repeat none.
  let originals: [Int]

  init(_ scores: ReaderScores) {
    readers = scores.readers
    var cases: [Int: Case] = [:]
    for image in scores.key.images where image.repeats == nil {
      let arm = Arm(method: image.method, condition: image.sampling.map(Condition.init))
      cases[image.caseNumber, default: Case(patient: image.patient)].images[arm] = image.number
    }
    self.cases = cases.sorted { $0.key < $1.key }.map(\.value)
    let images = scores.key.images
    originals = images.filter { $0.repeats == nil }.map(\.number)
    repeats = images.compactMap { image in image.repeats.map { ($0, image.number) } }
    conditions = Set(images.compactMap { $0.sampling.map(Condition.init) }).sorted {
      ($0.mask, $0.acceleration, $0.centerFraction) < ($1.mask, $1.acceleration, $1.centerFraction)
    }
    let reconstructed = Set(images.filter { $0.sampling != nil }.map(\.method)).sorted()
    methods =
      reconstructed
      + (images.contains { $0.sampling == nil } ? [ReaderStudyImage.reference] : [])
  }

  /// The scores that were given.
  var given: Int {
    readers.reduce(0) { sum, reader in sum + reader.scores.values.reduce(0) { $0 + $1.count } }
  }

  /// The methods and conditions that were shown, the reference last.
  var arms: [Arm] {
    let reconstructed = methods.filter { $0 != ReaderStudyImage.reference || !hasReference }
    return conditions.flatMap { condition in
      reconstructed.map { Arm(method: $0, condition: condition) }
    } + (hasReference ? [Arm(method: ReaderStudyImage.reference, condition: nil)] : [])
  }

  private var hasReference: Bool {
    cases.contains { $0.images.keys.contains { $0.condition == nil } }
  }

  /// The arm of `method` under `condition`; the reference is the same under all.
  func arm(_ method: String, _ condition: Condition) -> Arm {
    let isReference = hasReference && method == ReaderStudyImage.reference
    return Arm(method: method, condition: isReference ? nil : condition)
  }

  func score(
    _ reader: ReaderScores.Reader, _ one: Case, _ arm: Arm, _ criterion: ReadingCriterion
  ) -> Int? {
    one.images[arm].flatMap { reader.scores[$0]?[criterion] }
  }

  /// The cases of each patient, in the order of their first case.
  var patients: [[Case]] {
    var places: [String: Int] = [:]
    var groups: [[Case]] = []
    for one in cases {
      if let place = places[one.patient] {
        groups[place].append(one)
      } else {
        places[one.patient] = groups.count
        groups.append([one])
      }
    }
    return groups
  }
}

extension ReaderAnalysis.Condition {
  init(_ sampling: ReaderStudyImage.Sampling) {
    self.init(
      mask: sampling.mask, acceleration: sampling.acceleration,
      centerFraction: sampling.centerFraction)
  }
}
