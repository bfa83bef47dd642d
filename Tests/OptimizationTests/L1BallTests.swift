import Arrays
import Optimization
import Testing

@Suite("The l1 ball")
struct L1BallTests {
  private func projected(_ values: [Float], _ radius: Double) -> [Float] {
    var values = values
    values.withUnsafeMutableBufferPointer { L1Ball(radius: radius).project($0) }
    return values
  }

  private func sum(_ values: [Float]) -> Double { values.reduce(0) { $0 + Double(abs($1)) } }

  /// Values of very different sizes, some of them zero.
  private func vector(_ count: Int, seed: UInt64) -> [Float] {
    var random = RandomStream(seed: seed)
    return (0..<count).map { $0 % 7 == 3 ? 0 : random.normal() * (1 + 4 * random.uniform()) }
  }

  /// Shrinks all values by one threshold.
  private func shrunk(_ values: [Float], _ threshold: Double) -> [Float] {
    values.map {
      let size = max(0, Double(abs($0)) - threshold)
      return Float($0 < 0 ? -size : size)
    }
  }

  /// The threshold by sorting and finding the last value that stays.
  ///
  /// Duchi et al. (2008), figure 1.
  private func sortedThreshold(_ values: [Float], _ radius: Double) -> Double {
    let sizes = values.map { Double(abs($0)) }.sorted(by: >)
    var (sum, threshold) = (0.0, 0.0)
    for (index, size) in sizes.enumerated() {
      sum += size
      let candidate = (sum - radius) / Double(index + 1)
      if size > candidate { threshold = candidate }
    }
    return threshold
  }

  private func bisectedThreshold(_ values: [Float], _ radius: Double) -> Double {
    let sizes = values.map { Double(abs($0)) }
    var (low, high) = (0.0, sizes.max() ?? 0)
    for _ in 0..<200 {
      let middle = (low + high) / 2
      if sizes.reduce(0, { $0 + max(0, $1 - middle) }) > radius {
        low = middle
      } else {
        high = middle
      }
    }
    return (low + high) / 2
  }

  @Test("agrees with sorting and with bisection", arguments: [1, 2, 5, 64, 1000])
  func agrees(count: Int) {
    for seed in 1...20 as ClosedRange<UInt64> {
      let values = vector(count, seed: seed)
      for share in [0.001, 0.1, 0.5, 0.9, 0.999] {
        let radius = share * sum(values)
        let result = projected(values, radius)
        for threshold in [sortedThreshold(values, radius), bisectedThreshold(values, radius)] {
          for (value, expected) in zip(result, shrunk(values, threshold)) {
            #expect(abs(value - expected) <= 2e-6 * abs(expected) + 1e-9)
          }
        }
        #expect(abs(sum(result) - radius) <= 1e-6 * radius)
      }
    }
  }

  @Test("gives the nearest point: no direction into the ball is nearer")
  func nearest() {
    let values = vector(50, seed: 3)
    let radius = 0.3 * sum(values)
    let result = projected(values, radius)
    // (v − p)·(q − p) ≤ 0 for all q of the ball; its corners are enough.
    let inner = zip(values, result).reduce(0.0) { $0 + Double($1.0 - $1.1) * Double($1.1) }
    for index in values.indices {
      let corner = radius * Double(abs(values[index] - result[index]))
      #expect(corner <= inner * (1 + 1e-5))
    }
  }

  @Test("changes nothing inside or on the sphere")
  func inside() {
    let values: [Float] = [1, -2, 0, 0.5]
    #expect(projected(values, 3.5) == values)
    #expect(projected(values, 4) == values)
    #expect(projected(values, .infinity) == values)
    #expect(projected([], 1) == [])
  }

  @Test("twice is as once")
  func idempotent() {
    for seed in 1...20 as ClosedRange<UInt64> {
      let values = vector(300, seed: seed)
      let once = projected(values, 0.2 * sum(values))
      for (first, second) in zip(once, projected(once, 0.2 * sum(values))) {
        #expect(abs(first - second) <= 1e-6 * (abs(first) + 0.1))
        #expect((first == 0) == (second == 0))
      }
    }
  }

  @Test("of radius 0 gives zero")
  func point() {
    #expect(projected([1, -2, 1e-30], 0) == [0, 0, 0])
    #expect(projected([0, 0], 0) == [0, 0])
  }

  @Test(
    "equal values stay equal, also where almost nothing is left of them",
    arguments: [3, 1000, 1_000_000])
  func equal(count: Int) {
    let result = projected([Float](repeating: -1, count: count), 1)
    let expected = -1 / Float(count)
    #expect(result.allSatisfy { abs($0 - expected) <= 1e-6 * abs(expected) })
  }

  @Test("works at all scales", arguments: [1e-37, 1e-20, 1e20, 1e37] as [Float])
  func scales(scale: Float) {
    let values: [Float] = [3, -1, 0.5, 0]
    // |v| − 0.75 leaves 2.25 and 0.25.
    let result = projected(values.map { $0 * scale }, 2.5 * Double(scale))
    for (value, expected) in zip(result, [2.25, -0.25, 0, 0] as [Float]) {
      #expect(abs(value / scale - expected) < 1e-6)
    }
  }

  @Test("one value beside many tiny ones")
  func mixed() {
    var values = [Float](repeating: 1e-10, count: 1000)
    values[17] = -5
    let result = projected(values, 2)
    #expect(abs(result[17] + 2) < 1e-6)
    #expect(result.filter { $0 != 0 }.count == 1)
  }

  @Test("what is not finite stays visible", arguments: [.nan, .infinity, -.infinity] as [Float])
  func notFinite(value: Float) {
    #expect(projected([1, value, 2], 1).filter(\.isNaN).count == 3)
    #expect(projected([1, value, 2], 0).filter(\.isNaN).count == 3)
  }
}
