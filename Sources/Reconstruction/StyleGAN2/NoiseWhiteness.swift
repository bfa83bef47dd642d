/// The term of StyleGAN2's projector that keeps noises free of structure: over a pyramid of halved sizes,
/// (mean n · n shifted by a pixel)² along both axes.
///
/// Source: NVlabs/stylegan2-ada-pytorch:projector.py, `reg_loss`: down to 8 pixels a side.
struct NoiseWhiteness {
  let rows: Int
  let columns: Int

  /// The term, and `weight` times its gradient added to that of the noise, `[rows, columns]`.
  func add(_ noise: ArraySlice<Float>, weight: Double, to gradient: inout ArraySlice<Float>)
    -> Double
  {
    var (values, height, width) = (noise.map { Double($0) }, rows, columns)
    var pyramid: [(values: [Double], rows: Int, columns: Int)] = []
    while true {
      pyramid.append((values, height, width))
      if min(height, width) <= 8 || height % 2 != 0 || width % 2 != 0 { break }
      values = Self.halved(values, height, width)
      (height, width) = (height / 2, width / 2)
    }
    var sum = 0.0
    var coarse: [Double] = []
    for level in pyramid.reversed() {
      var slope =
        coarse.isEmpty
        ? [Double](repeating: 0, count: level.values.count)
        : Self.spread(coarse, level.rows, level.columns)
      for (down, right) in [(0, 1), (1, 0)] {
        sum += Self.addShifted(level, down: down, right: right, to: &slope)
      }
      coarse = slope
    }
    for (index, value) in zip(gradient.indices, coarse) { gradient[index] += Float(weight * value) }
    return sum
  }

  private static func addShifted(
    _ level: (values: [Double], rows: Int, columns: Int), down: Int, right: Int,
    to slope: inout [Double]
  ) -> Double {
    let (n, rows, columns) = level
    func place(_ row: Int, _ column: Int) -> Int {
      (row + rows) % rows * columns + (column + columns) % columns
    }
    var mean = 0.0
    for row in 0..<rows {
      for column in 0..<columns {
        mean += n[row * columns + column] * n[place(row - down, column - right)]
      }
    }
    mean /= Double(n.count)
    let factor = 2 * mean / Double(n.count)
    for row in 0..<rows {
      for column in 0..<columns {
        slope[row * columns + column] +=
          factor * (n[place(row - down, column - right)] + n[place(row + down, column + right)])
      }
    }
    return mean * mean
  }

  /// The mean of each 2 × 2 block.
  private static func halved(_ values: [Double], _ rows: Int, _ columns: Int) -> [Double] {
    (0..<rows / 2 * (columns / 2)).map { index in
      let start = index / (columns / 2) * 2 * columns + index % (columns / 2) * 2
      return 0.25
        * (values[start] + values[start + 1] + values[start + columns] + values[start + columns + 1])
    }
  }

  /// The adjoint of `halved`.
  private static func spread(_ values: [Double], _ rows: Int, _ columns: Int) -> [Double] {
    (0..<rows * columns).map { 0.25 * values[$0 / columns / 2 * (columns / 2) + $0 % columns / 2] }
  }
}
