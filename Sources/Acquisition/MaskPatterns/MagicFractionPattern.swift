import Arrays

extension MaskRequest {
  /// The magic rule with a step that, with the centre block, keeps the asked acceleration.
  func magicFractionColumns(
    _ generator: inout MersenneTwister
  ) throws(SamplingMaskError) -> [Bool] {
    let lines = calibrationLines(for: .magicFraction)
    let remaining = targetLines - lines
    guard remaining > 0 else { throw tooLarge(calibrationLines: lines) }
    let step = (Double(columns) / Double(remaining)).rounded(.toNearestOrEven)
    return magicColumns(step: Int(step), &generator)
  }
}
