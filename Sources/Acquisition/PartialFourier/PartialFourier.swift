/// What a partial Fourier acquisition measures of one axis of k-space: more on one side of the centre than on
/// the other.
///
/// An asymmetric echo is the same along the readout. Samples that are missing on both sides alike, as where the
/// matrix is larger than what was measured, are no partial Fourier.
public struct PartialFourier: Sendable, Equatable {
  /// An axis of k-space `[rows, columns]`.
  public enum Axis: String, Sendable, Codable {
    /// Along rows.
    case readout
    /// Along columns.
    case phaseEncoding = "phase encoding"
  }

  public let axis: Axis
  /// The samples of the whole axis; its centre is `count / 2`.
  public let count: Int
  /// The samples that were measured.
  public let acquired: Range<Int>
  /// The samples that would be measured if the shorter side were as long as the other.
  public let whole: Range<Int>

  /// Scans of which more than this share of `whole` is measured count as whole ones.
  static let largestFraction = 0.95

  /// The partial Fourier that measures `acquired` of `count` samples; nil where both sides are measured alike,
  /// or the centre is not measured.
  public init?(axis: Axis, acquired: Range<Int>, of count: Int) {
    let centre = count / 2
    guard acquired.lowerBound >= 0, acquired.upperBound <= count, acquired.contains(centre) else {
      return nil
    }
    let (left, right) = (centre - acquired.lowerBound, acquired.upperBound - 1 - centre)
    // At even sizes a full axis reaches one sample further to the left.
    let lower = right >= count - 1 - centre ? 0 : min(acquired.lowerBound, max(0, centre - right))
    let upper = left >= centre ? count : max(acquired.upperBound, min(count, centre + left + 1))
    (self.axis, self.count, self.acquired, whole) = (axis, count, acquired, lower..<upper)
    guard fraction <= Self.largestFraction, reach >= 1 else { return nil }
  }

  /// The share of `whole` that is measured.
  public var fraction: Double { Double(acquired.count) / Double(whole.count) }

  /// How many samples to each side of the centre are measured on both.
  public var reach: Int {
    min(count / 2 - acquired.lowerBound, acquired.upperBound - 1 - count / 2)
  }

  /// Such as `6/8 of the phase encoding (columns 0 to 167 of 224)`.
  public var text: String {
    let eighths = (fraction * 8).rounded()
    let share =
      abs(fraction * 8 - eighths) < 0.15
      ? "\(Int(eighths))/8" : "\(Int((fraction * 100).rounded())) %"
    let name = axis == .readout ? "rows" : "columns"
    return "\(share) of the \(axis.rawValue) (\(name) \(acquired.lowerBound) to "
      + "\(acquired.upperBound - 1) of \(count))"
  }
}
