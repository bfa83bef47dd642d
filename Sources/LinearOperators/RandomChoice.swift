import Arrays

/// What random operators draw from their seed, each kind of draw from a stream of its own.
struct RandomChoice {
  private static let rows: UInt64 = 0x726f_7773
  private static let signs: UInt64 = 0x7369_676e
  private static let filter: UInt64 = 0x6669_6c74
  static let boxes: UInt64 = 0x626f_7865

  let seed: UInt64

  /// `count` of the numbers 0 ..< `total` without replacement, ascending.
  func indices(_ count: Int, of total: Int) -> [Int] {
    guard count <= total else { shapeError("\(count) of \(total) rows cannot be drawn") }
    var random = RandomStream(seed: seed).split(stream: Self.rows)
    var all = Array(0..<total)
    // The first steps of Fisher and Yates's shuffle: only what is kept need be drawn.
    for place in 0..<count {
      all.swapAt(place, Int.random(in: place..<total, using: &random))
    }
    return all.prefix(count).sorted()
  }

  /// `count` signs, 1 or −1 with equal probability.
  func signs(_ count: Int) -> [Float] {
    var random = RandomStream(seed: seed).split(stream: Self.signs)
    return (0..<count).map { _ in random.next() >> 63 == 0 ? 1 : -1 }
  }

  /// `count` numbers of the standard normal distribution.
  func normals(_ count: Int) -> [Float] {
    var random = RandomStream(seed: seed).split(stream: Self.filter)
    return (0..<count).map { _ in random.normal() }
  }
}
