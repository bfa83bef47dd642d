import Arrays

extension MaskRequest {
  /// Every R-th column from a random offset.
  ///
  /// The centre block comes on top, so the achieved acceleration is lower than asked.
  func equispacedColumns(_ generator: inout MersenneTwister) throws(SamplingMaskError) -> [Bool] {
    let step = try wholeAcceleration()
    let offset = generator.randomInteger(below: step)
    return (0..<columns).map { $0 >= offset && ($0 - offset) % step == 0 }
  }
}
