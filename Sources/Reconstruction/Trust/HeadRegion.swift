package import Arrays

/// The pixels of the object, by the reconstructed image alone.
///
/// The magnitude is smoothed over a few pixels, so that dark fluid and bone within the head count as
/// head; what is above a share of its 98th percentile is the object.
package enum HeadRegion {
  private static let width: Float = 3
  private static let share: Float = 0.15

  /// Whether each pixel of the magnitude image `[rows, columns]` belongs to the object.
  package static func members(of magnitude: RealArray) -> [Bool] {
    let smooth = GaussianSmoothing(width: width).apply(magnitude)
    let threshold = share * percentile(smooth.values, 98)
    return smooth.values.map { $0 > threshold }
  }
}
