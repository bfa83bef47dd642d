import Testing

@testable import Arrays

struct PercentileTests {
  /// The same, by sorting everything.
  private func sorted(_ values: [Float], _ percent: Double) -> Float {
    let values = values.sorted()
    let position = percent / 100 * Double(values.count - 1)
    let below = Int(position)
    let above = min(below + 1, values.count - 1)
    return values[below] + Float(position - Double(below)) * (values[above] - values[below])
  }

  @Test(arguments: [1, 2, 3, 4, 5, 10, 101, 1000, 20_001])
  func selectionGivesWhatSortingGives(count: Int) {
    var random = RandomStream(seed: 3)
    let noise = (0..<count).map { _ in abs(random.normal()) }
    let ascending = (0..<count).map(Float.init)
    let lists: [[Float]] = [
      noise, noise.map { ($0 * 3).rounded() }, ascending, ascending.reversed(),
      ascending.map { abs($0 - Float(count / 2)) }, Array(repeating: 7, count: count),
    ]
    for values in lists {
      for percent in [0, 0.3, 1, 50, 99, 99.8, 100] {
        #expect(percentile(values, percent) == sorted(values, percent))
      }
    }
  }

  @Test func nothingHasThePercentileZero() { #expect(percentile([], 99) == 0) }
}
