/// Settings that describe no usable sampling mask.
public enum SamplingMaskError: Error, CustomStringConvertible, Equatable {
  case acceleration(Double)
  case centerFraction(Double)
  case noCalibrationLines(columns: Int, centerFraction: Double)
  case accelerationTooLarge(
    MaskPattern, acceleration: Double, columns: Int, calibrationLines: Int)
  case fractionalAcceleration(MaskPattern, acceleration: Double)
  case emptySeed
  case acquiredRange(Range<Int>, columns: Int)
  case nothingSampled(columns: Int)
  case noCalibrationPoints(rows: Int, columns: Int, centerFraction: Double)
  case tooFewPoints(
    MaskPattern, acceleration: Double, rows: Int, columns: Int, calibrationPoints: Int)
  /// A pattern of points where only columns can be sampled.
  case needsPlane(MaskPattern)
  case unknownPattern(String)

  public var description: String {
    switch self {
    case .acceleration(let acceleration):
      "the acceleration is \(acceleration); give a number of at least 1"
    case .centerFraction(let fraction):
      "the centre fraction is \(fraction); give a number between 0 and 1, such as 0.08"
    case .noCalibrationLines(let columns, let fraction):
      "a centre fraction of \(fraction) leaves no calibration line of \(columns) columns; "
        + "give a larger one"
    case .accelerationTooLarge(let pattern, let acceleration, let columns, let lines):
      "the pattern \(pattern.rawValue) cannot reach acceleration \(acceleration) with \(columns) "
        + "columns of which \(lines) are calibration lines; lower the acceleration or the centre "
        + "fraction"
    case .fractionalAcceleration(let pattern, let acceleration):
      "the pattern \(pattern.rawValue) needs a whole acceleration, not \(acceleration); use "
        + (pattern.isOfPoints ? "poisson" : "\(pattern.rawValue)_fraction or random") + " instead"
    case .emptySeed:
      "the mask seed is an empty file name; give a name or a number"
    case .acquiredRange(let range, let columns):
      "the acquired columns \(range.lowerBound)..<\(range.upperBound) do not lie within the "
        + "\(columns) columns of k-space; check the encoding limits in the scan's header"
    case .nothingSampled(let columns):
      "none of the \(columns) columns is both acquired and sampled; check the mask and the "
        + "encoding limits"
    case .noCalibrationPoints(let rows, let columns, let fraction):
      "a centre fraction of \(fraction) leaves no calibration point of \(rows) × \(columns); give a "
        + "larger one"
    case .tooFewPoints(let pattern, let acceleration, let rows, let columns, let calibration):
      "the pattern \(pattern.rawValue) cannot reach acceleration \(acceleration) with \(rows) × "
        + "\(columns) points of which \(calibration) are for calibration; choose another acceleration "
        + "or a smaller centre fraction"
    case .needsPlane(let pattern):
      "the pattern \(pattern.rawValue) samples points, and here only columns can be; choose one of "
        + MaskPattern.ofColumns.map(\.rawValue).joined(separator: ", ")
    case .unknownPattern(let name):
      "there is no mask pattern named \(name); choose one of "
        + MaskPattern.allCases.map(\.rawValue).joined(separator: ", ")
    }
  }
}
