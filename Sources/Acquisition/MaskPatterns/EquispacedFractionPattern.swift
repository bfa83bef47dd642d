import Arrays

extension MaskRequest {
  /// Equal steps, widened so that with the centre block the asked acceleration is kept.
  ///
  /// The step is fractional and each position is rounded: gaps differ by one column.
  func equispacedFractionColumns(
    _ generator: inout MersenneTwister
  ) throws(SamplingMaskError) -> [Bool] {
    let count = Double(columns)
    let lines = Double(askedCalibrationLines)
    guard lines * acceleration < count else {
      throw tooLarge(calibrationLines: askedCalibrationLines)
    }
    let step = (acceleration * (lines - count)) / (lines * acceleration - count)
    guard step < count else { throw tooLarge(calibrationLines: askedCalibrationLines) }
    let offset = generator.randomInteger(below: Int(step.rounded(.toNearestOrEven)))

    // numpy.arange(offset, columns − 1, step): it multiplies the difference of its first two
    // values, which for a fractional step is not the step to the last bit.
    let start = Double(offset)
    let increment = (start + step) - start
    let length = Int(((count - 1 - start) / step).rounded(.up))
    var sampled = [Bool](repeating: false, count: columns)
    for index in 0..<max(0, length) {
      let position = start + Double(index) * increment
      sampled[Int(position.rounded(.toNearestOrEven))] = true
    }
    return sampled
  }
}
