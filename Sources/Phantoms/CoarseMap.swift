import Numerics

/// The sensitivity of one coil over a slice, computed at every eighth sample and interpolated.
///
/// Sensitivities change over centimetres; between samples 3 mm apart cubic interpolation is good to
/// about 10⁻⁴.
struct CoarseMap {
  private static let step = 8
  private let columns: Int
  private let values: [Complex<Float>]

  init(_ loops: ReceiverLoops, coil: Int, grid: SliceGrid, height: Float) {
    // One sample before and two after the grid for the interpolation.
    let rows = grid.rows / Self.step + 4
    columns = grid.columns / Self.step + 4
    var values: [Complex<Float>] = []
    values.reserveCapacity(rows * columns)
    for row in 0..<rows {
      for column in 0..<columns {
        let place = SIMD3(
          grid.x((column - 1) * Self.step), grid.y((row - 1) * Self.step), height)
        values.append(loops.sensitivity(coil, at: place))
      }
    }
    self.values = values
  }

  /// The sensitivity at a sample of the fine grid.
  func value(_ row: Int, _ column: Int) -> Complex<Float> {
    let down = Self.weights[row % Self.step]
    let across = Self.weights[column % Self.step]
    let start = row / Self.step * columns + column / Self.step
    var sum = SIMD2<Float>.zero
    for i in 0..<4 {
      for j in 0..<4 {
        let (real, imaginary) = values[start + i * columns + j].rawStorage
        sum += (down[i] * across[j]) * SIMD2(real, imaginary)
      }
    }
    return Complex(sum.x, sum.y)
  }

  /// Catmull–Rom weights of the four neighbours for each fraction of a step.
  private static let weights: [SIMD4<Float>] = (0..<step).map {
    let t = Float($0) / Float(step)
    let (t2, t3) = (t * t, t * t * t)
    return SIMD4(
      (-t + 2 * t2 - t3) / 2, (2 - 5 * t2 + 3 * t3) / 2, (t + 4 * t2 - 3 * t3) / 2, (t3 - t2) / 2)
  }
}
