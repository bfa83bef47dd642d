/// The checked settings that all mask patterns share.
struct MaskRequest {
  let pattern: MaskPattern
  let columns: Int
  let acceleration: Double
  /// The calibration lines that the centre fraction asks for, at least 1.
  let askedCalibrationLines: Int

  init(
    pattern: MaskPattern, columns: Int, acceleration: Double, centerFraction: Double
  ) throws(SamplingMaskError) {
    guard acceleration.isFinite, acceleration >= 1 else { throw .acceleration(acceleration) }
    guard centerFraction > 0, centerFraction < 1 else { throw .centerFraction(centerFraction) }
    self.pattern = pattern
    self.columns = columns
    self.acceleration = acceleration
    // Python's round() takes halves to the even number.
    askedCalibrationLines = Int(
      (Double(columns) * centerFraction).rounded(.toNearestOrEven))
    guard askedCalibrationLines >= 1 else {
      throw .noCalibrationLines(columns: columns, centerFraction: centerFraction)
    }
    guard askedCalibrationLines < columns, acceleration <= Double(columns) else {
      throw tooLarge(calibrationLines: askedCalibrationLines)
    }
  }

  /// The calibration lines that `pattern` really takes.
  ///
  /// Only the magic_fraction rule bounds them, by the number of lines that the acceleration allows.
  func calibrationLines(for pattern: MaskPattern) -> Int {
    pattern == .magicFraction
      ? max(1, min(askedCalibrationLines, targetLines)) : askedCalibrationLines
  }

  /// The number of lines that the asked acceleration allows.
  var targetLines: Int { Int((Double(columns) / acceleration).rounded(.toNearestOrEven)) }

  /// Where fastMRI puts a centre block of `lines`.
  func centerBlock(of lines: Int) -> Range<Int> {
    let start = (columns - lines + 1) / 2
    return start..<start + lines
  }

  /// The acceleration as a whole number, for the rules that step through the columns by it.
  func wholeAcceleration() throws(SamplingMaskError) -> Int {
    guard acceleration == acceleration.rounded() else {
      throw .fractionalAcceleration(pattern, acceleration: acceleration)
    }
    return Int(acceleration)
  }

  func tooLarge(calibrationLines: Int) -> SamplingMaskError {
    .accelerationTooLarge(
      pattern, acceleration: acceleration, columns: columns, calibrationLines: calibrationLines)
  }
}
