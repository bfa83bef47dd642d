import Arrays

/// Median and quartiles of repeated measurements.
public struct Spread: Codable, Equatable, Sendable {
  public let median: Double
  public let lowerQuartile: Double
  public let upperQuartile: Double
  /// The number of measurements.
  public let count: Int

  /// The spread of `values`, between neighbours by linear interpolation as in NumPy.
  ///
  /// No value, or one that is not finite, stops the program: a clock gives neither.
  public init(_ values: [Double]) {
    guard !values.isEmpty, values.allSatisfy(\.isFinite) else {
      shapeError("the spread of \(values)")
    }
    let sorted = values.sorted()
    func quantile(_ share: Double) -> Double {
      let position = share * Double(sorted.count - 1)
      let below = Int(position)
      let above = min(below + 1, sorted.count - 1)
      return sorted[below] + (position - Double(below)) * (sorted[above] - sorted[below])
    }
    median = quantile(0.5)
    lowerQuartile = quantile(0.25)
    upperQuartile = quantile(0.75)
    count = sorted.count
  }
}
