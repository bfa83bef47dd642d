import Arrays

extension PointMaskRequest {
  /// A sheared lattice, from random offsets, and the calibration block on top.
  ///
  /// Of the acceleration R, rows are skipped by the largest factor of R up to √R, and columns by the other
  /// factor R'; from one sampled row to the next the columns are shifted by R'/2, so that aliases lie as far
  /// apart as they can (Breuer et al., MRM 55:549, 2006). 4 is 2 × 2 with a shift of 1, 8 is 2 × 4 with a
  /// shift of 2, and a prime 5 is all rows, 1 × 5 with a shift of 2. The calibration block makes the
  /// achieved acceleration lower than the asked one. Throws `SamplingMaskError` for a fraction.
  func caipiPoints(_ generator: inout MersenneTwister) throws(SamplingMaskError) -> [Bool] {
    guard acceleration == acceleration.rounded() else {
      throw .fractionalAcceleration(pattern, acceleration: acceleration)
    }
    let whole = Int(acceleration)
    var rowStep = 1
    for factor in 1...whole where whole % factor == 0 && factor * factor <= whole {
      rowStep = factor
    }
    let columnStep = whole / rowStep
    let rowOffset = generator.randomInteger(below: rowStep)
    let columnOffset = generator.randomInteger(below: columnStep)
    var points = calibrationPoints
    for (line, row) in stride(from: rowOffset, to: rows, by: rowStep).enumerated() {
      let shift = (columnOffset + line * (columnStep / 2)) % columnStep
      for column in stride(from: shift, to: columns, by: columnStep) {
        points[row * columns + column] = true
      }
    }
    return points
  }
}
