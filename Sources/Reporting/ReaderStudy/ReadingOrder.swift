import Arrays

/// The random order in which one reader sees the images.
///
/// Of many random orders the one is taken that has the fewest neighbours of the same case, which
/// would invite comparison, and no repeat close to its original, which would be remembered.
struct ReadingOrder {
  let numbers: [Int]
  private static let attempts = 200

  init(_ images: [ReaderStudyImage], _ stream: inout RandomStream) {
    var best = images
    var fewest = Int.max
    for _ in 0..<Self.attempts {
      let order = images.shuffled(using: &stream)
      let faults = Self.faults(order)
      if faults < fewest { (best, fewest) = (order, faults) }
      if faults == 0 { break }
    }
    numbers = best.map(\.number)
  }

  private static func faults(_ order: [ReaderStudyImage]) -> Int {
    let places = Dictionary(
      uniqueKeysWithValues: order.enumerated().map { ($1.number, $0) })
    var faults = zip(order, order.dropFirst()).count { $0.caseNumber == $1.caseNumber }
    let gap = order.count / 4
    for (place, image) in order.enumerated() {
      if let original = image.repeats.flatMap({ places[$0] }), abs(original - place) < gap {
        faults += 4
      }
    }
    return faults
  }
}
