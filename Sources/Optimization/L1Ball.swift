import Kernels

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
    guard let base = values.baseAddress else { return }
    let table = elements().pointee
    var sum = table.absolute_sum(values.count, base)
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
      var count = 0
      let above = table.excess(values.count, base, threshold, &count)
      // The support shrinks from step to step; once it stays, the linear piece is the last.
      if count >= kept || count == 0 { break }
      (sum, kept) = (above, count)
    }
    // In double precision: where the threshold is nearly all of a value, little is left of it.
    table.shrink(values.count, threshold, base)
  }
}
