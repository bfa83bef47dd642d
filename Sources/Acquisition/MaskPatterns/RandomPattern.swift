import Arrays

extension MaskRequest {
  /// Each column with the probability that makes the expected acceleration the asked one.
  ///
  /// One number is drawn for every column, those of the centre block included.
  func randomColumns(_ generator: inout MersenneTwister) throws(SamplingMaskError) -> [Bool] {
    let lines = Double(askedCalibrationLines)
    let probability = (Double(columns) / acceleration - lines) / (Double(columns) - lines)
    // fastMRI goes on with a negative probability and returns the bare centre block.
    guard probability >= 0 else { throw tooLarge(calibrationLines: askedCalibrationLines) }
    return (0..<columns).map { _ in generator.uniform() < probability }
  }
}
