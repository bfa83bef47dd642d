import Arrays

/// Which images are trained on and which are held out, subject by subject.
///
/// What the data state holds. A subject of which nothing is stated is held out if a number between 0
/// and 1 that belongs to its name and the seed lies below the share, so that further subjects move
/// none of the others.
struct SubjectSplit {
  /// The part of each image, in the order of the labels; nil for those that are not used.
  let parts: [TrainingSet.Part?]
  /// Subjects that the data themselves put into several splits.
  let divided: [String]

  /// - Parameters:
  ///   - labels: one for each image.
  ///   - share: of the subjects without a stated split that are held out; at least one subject is,
  ///     if nothing else is, and at least one is left.
  ///   - seed: of the choice.
  init(_ labels: [ImageLabel], share: Double, seed: UInt64) {
    var stated: [String: Set<String>] = [:]
    for label in labels {
      if let split = label.split { stated[label.subject, default: []].insert(split) }
    }
    divided = stated.filter { $0.value.count > 1 }.keys.sorted()
    let free = Set(labels.map(\.subject)).subtracting(stated.keys).map { subject in
      (place: Self.place(of: subject, seed: seed), subject: subject)
    }.sorted { ($0.place, $0.subject) < ($1.place, $1.subject) }

    let isStated = { (part: TrainingSet.Part) in
      labels.contains { TrainingSet.Part(stated: $0.split) == part }
    }
    var held = Set(free.prefix { $0.place < share }.map(\.subject))
    if held.isEmpty, !isStated(.validation), let first = free.first,
      free.count > 1 || isStated(.training)
    {
      held = [first.subject]
    }
    if held.count == free.count, free.count > 1, !isStated(.training), let last = free.last {
      held.remove(last.subject)
    }
    parts = labels.map { label in
      if let split = label.split { return TrainingSet.Part(stated: split) }
      // A subject with a stated split elsewhere goes with it; one that is tested on is not used.
      if let splits = stated[label.subject] {
        let found = splits.map { TrainingSet.Part(stated: $0) }
        if found.contains(nil) { return nil }
        return found.contains(.validation) ? .validation : .training
      }
      return held.contains(label.subject) ? .validation : .training
    }
  }

  /// A number from 0 to below 1 that belongs to `subject` and `seed`.
  private static func place(of subject: String, seed: UInt64) -> Double {
    // FNV-1a of 64 bits tells names apart; the random stream spreads its bits evenly.
    let hash = subject.utf8.reduce(UInt64(0xcbf2_9ce4_8422_2325)) {
      ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3
    }
    var stream = RandomStream(seed: seed).split(stream: hash)
    return Double(stream.next() >> 11) * 0x1p-53
  }
}
