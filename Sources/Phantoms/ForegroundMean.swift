public import Arrays

/// The mean brightness of what is not air, over any number of magnitude images.
///
/// The foreground of an image is its pixels above a tenth of its brightest one.
public struct ForegroundMean: Sendable {
  private var sum = 0.0
  private var count = 0

  public init() {}

  /// Takes in one image, `[rows, columns]`.
  public mutating func add(_ image: RealArray) {
    let threshold = (image.values.max() ?? 0) / 10
    for value in image.values where value > threshold {
      sum += Double(value)
      count += 1
    }
  }

  /// The mean; nil if no image had a foreground.
  public var value: Float? { count == 0 ? nil : Float(sum / Double(count)) }
}
