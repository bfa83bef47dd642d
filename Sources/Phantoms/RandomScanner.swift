public import Arrays
import Numerics

/// A random arrangement of receiver coils and a random smooth phase, for images that no scanner
/// measured.
///
/// The coils are those of `ReceiverLoops` about an image of any orientation, their fields interpolated
/// from every eighth pixel; divided at each pixel by their root sum of squares.
public struct RandomScanner: Sendable {
  private let loops: ReceiverLoops
  private let grid: SliceGrid
  private let height: Float
  private let wide: RandomWaves
  private let narrow: RandomWaves
  private let amplitudes: (wide: Float, narrow: Float)
  private let slope: SIMD2<Float>
  private let offset: Float

  /// A scanner of `coils` receivers for images of `rows` × `columns` pixels; its random numbers come
  /// from `random` alone.
  public init(coils: Int, rows: Int, columns: Int, random: inout RandomStream) {
    loops = ReceiverLoops(count: coils, &random)
    let reach = Complex<Float>(
      Float(columns) / 2 / ReceiverLoops.semiAxes.x, Float(rows) / 2 / ReceiverLoops.semiAxes.y)
    // Between the array about the corners and one as close as the image's edge.
    grid = SliceGrid(
      rows: rows, columns: columns, spacing: (1 + 0.3 * random.uniform()) / reach.length)
    height = ReceiverLoops.middle + 60 * (random.uniform() - 0.5)
    wide = RandomWaves(wavelength: 220, band: 0.4, waves: 16, &random)
    narrow = RandomWaves(wavelength: 80, band: 0.4, waves: 16, &random)
    amplitudes = (1.5 * random.uniform(), 0.3 * random.uniform())
    slope = SIMD2(random.normal(), random.normal()) * 0.008
    offset = 2 * .pi * random.uniform()
  }

  /// The coils' sensitivities, `[coils, rows, columns]`, of root sum of squares 1.
  public func sensitivities() -> ComplexArray {
    let coils = loops.count
    var maps = ComplexArray(zeros: [coils, grid.rows, grid.columns])
    for coil in 0..<coils {
      let coarse = CoarseMap(loops, coil: coil, grid: grid, height: height)
      for row in 0..<grid.rows {
        let start = coil * grid.count + row * grid.columns
        for column in 0..<grid.columns {
          maps.values[start + column] = coarse.value(row, column)
        }
      }
    }
    for index in 0..<grid.count {
      let sum = (0..<coils).reduce(Float(0)) {
        $0 + maps.values[$1 * grid.count + index].lengthSquared
      }
      let factor = 1 / max(1e-6, sum.squareRoot())
      for coil in 0..<coils {
        let place = coil * grid.count + index
        maps.values[place] = maps.values[place].multiplied(by: factor)
      }
    }
    return maps
  }

  /// The image's phase in radians, `[rows, columns]`.
  public func phase() -> RealArray {
    RealArray(
      shape: [grid.rows, grid.columns],
      values: mapSamples(grid) { x, y, _ in
        amplitudes.wide * wide.value(x, y, height) + amplitudes.narrow * narrow.value(x, y, height)
          + slope.x * x + slope.y * y + offset
      })
  }
}
