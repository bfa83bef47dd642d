import Arrays
public import Experiments

/// Which images a reader study shows, under which numbers and in which order.
///
/// Every case shows every method under every mask, each by the image of one seed of the mask drawn
/// for the case. Cases are spread over the patients. All follows from the seed and the run.
public struct ReaderStudyPlan: Sendable {
  /// In the order of their numbers.
  public internal(set) var images: [ReaderStudyImage]
  /// For each reader the numbers in the order of reading.
  public let orders: [[Int]]
  public let caseCount: Int
  /// The rows of the run's table that the images come from, by number; a reference has the row of
  /// some image of its case.
  let rows: [Int: SliceResult]

  /// Plans a study of the images that a run has kept.
  ///
  /// Throws `ExperimentError` where the run has no images or not what `settings` asks for.
  public init(_ settings: ReaderStudySettings, results: SweepResults) throws {
    guard results.record.keepsImages else {
      throw ExperimentError(
        "\(results.folder.path): the protocol kept no images ('images: none'); "
          + "run it with 'images: all' for a reader study")
    }
    let choice = try StudyChoice(settings, results: results)
    var stream = RandomStream(seed: settings.seed)
    let cases = try choice.draw(settings.cases, &stream)
    var shown: [(image: ReaderStudyImage, row: SliceResult)] = []
    for (index, one) in cases.enumerated() {
      shown += one.images(caseNumber: index + 1, choice: choice, &stream)
      if settings.includesReference, let row = shown.last?.row {
        var image = ReaderStudyImage(row, caseNumber: index + 1)
        (image.method, image.sampling, image.job) = (ReaderStudyImage.reference, nil, "")
        shown.append((image, row))
      }
    }
    guard settings.repeats <= shown.count else {
      throw ExperimentError(
        "--repeats \(settings.repeats): the study has only \(shown.count) images to repeat")
    }
    let numbers = Self.numbers(shown.count + settings.repeats, &stream)
    for index in shown.indices { shown[index].image.number = numbers[index] }
    let repeated = Array(shown.shuffled(using: &stream).prefix(settings.repeats))
    for (original, number) in zip(repeated, numbers.dropFirst(shown.count)) {
      var image = original.image
      image.repeats = image.number
      image.number = number
      shown.append((image, original.row))
    }
    images = shown.map(\.image).sorted { $0.number < $1.number }
    rows = Dictionary(uniqueKeysWithValues: shown.map { ($0.image.number, $0.row) })
    caseCount = cases.count
    let planned = images
    orders = (0..<settings.readers).map { reader in
      var own = stream.split(stream: UInt64(reader))
      return ReadingOrder(planned, &own).numbers
    }
  }

  /// Distinct numbers of three digits, or of more where there are many images.
  ///
  /// They do not run from 1, so that the sheets of one study do not fit the key of another.
  private static func numbers(_ count: Int, _ stream: inout RandomStream) -> [Int] {
    var first = 100
    while count > first * 9 / 2 { first *= 10 }
    return Array((first..<first * 10).shuffled(using: &stream).prefix(count))
  }
}

extension ReaderStudyImage {
  init(_ row: SliceResult, caseNumber: Int) {
    let condition = row.condition
    self.init(
      number: 0, caseNumber: caseNumber, scan: condition.scan, patient: condition.patient,
      slice: row.slice, method: condition.method,
      sampling: Sampling(
        mask: condition.mask, acceleration: condition.acceleration,
        centerFraction: condition.centerFraction, seed: condition.seed),
      job: condition.job)
  }
}
