/// The ball of all vectors whose absolute values sum to at most a radius.
public struct L1Ball: Sendable, Equatable {
  /// The largest sum of absolute values.
  public let radius: Double

  /// A ball about zero; a negative radius stops the program.
  public init(radius: Double) {
    guard radius >= 0 else { fatalError("an l1 ball of radius \(radius)") }
    self.radius = radius
  }

  /// Moves `values` to the nearest point of the ball, in place.
  ///
  /// Inside the ball nothing changes. Outside, every value is shrunk towards zero by one threshold
  /// (Duchi et al., ICML 2008, section 3), which is found by Newton steps on the decreasing, convex,
  /// piecewise linear Σ max(|v| − t, 0) − radius: from below they never overshoot and end exactly,
  /// without sorting.
  ///
  /// If a value is NaN or infinite there is no nearest point: all become NaN, so that no caller
  /// takes the outcome for a good one.
  public func project(_ values: UnsafeMutableBufferPointer<Float>) {
    var sum = 0.0
    for value in values { sum += Double(abs(value)) }
    guard sum.isFinite else {
      values.update(repeating: .nan)
      return
    }
    if sum <= radius { return }
    if radius == 0 {
      values.update(repeating: 0)
      return
    }
    var threshold = 0.0
    var kept = values.count
    while true {
      threshold += (sum - radius) / Double(kept)
      var (above, count) = (0.0, 0)
      for value in values {
        let size = Double(abs(value))
        if size > threshold {
          above += size - threshold
          count += 1
        }
      }
      // The support shrinks from step to step; once it stays, the linear piece is the last.
      if count >= kept || count == 0 { break }
      (sum, kept) = (above, count)
    }
    // In double precision: where the threshold is nearly all of a value, little is left of it.
    for index in values.indices {
      let value = Double(values[index])
      values[index] = Float(
        value > threshold ? value - threshold : value < -threshold ? value + threshold : 0)
    }
  }
}
