import Arrays
import Numerics

extension PointMaskRequest {
  /// The most tries to place a point next to another before that is given up.
  private static let tries = 30
  /// The excess of points over the asked number, as a share, that is thinned out at random.
  private static let tolerance = 0.02

  /// Points of variable density that keep a distance, the larger the farther from the centre, within the
  /// ellipse that touches the edges of k-space.
  ///
  /// The distance is 1 + s·r samples at the distance r from the calibration block, and s is found such that
  /// the number of points is the asked one; the few in excess are taken out at random. Placing and distances
  /// are of SigPy (sigpy/mri/samp.py, after Bridson, SIGGRAPH 2007 sketches); SigPy's `accel` is met to
  /// 0.1, this one to the point. Throws `SamplingMaskError` where not even neighbours are enough points.
  func poissonDiscPoints(
    _ generator: inout MersenneTwister
  ) throws(SamplingMaskError) -> [Bool] {
    let seed = generator
    var (low, high) = (0.0, Double(max(rows, columns)))
    var best: (points: [Bool], count: Int)?
    // The number of points falls with the slope, but for the chance of the placing.
    for _ in 0..<40 {
      let slope = (low + high) / 2
      generator = seed
      let points = poissonDiscPoints(slope: slope, &generator)
      let count = points.lazy.filter { $0 }.count
      if count >= targetCount, count < best?.count ?? .max { best = (points, count) }
      if let best, Double(best.count - targetCount) <= Self.tolerance * Double(targetCount) {
        break
      }
      if count >= targetCount { low = slope } else { high = slope }
    }
    guard let best else { throw tooLarge }
    return thinned(best.points, &generator)
  }

  /// Takes points outside the calibration block out until the asked number is left.
  private func thinned(_ points: [Bool], _ generator: inout MersenneTwister) -> [Bool] {
    var points = points
    var free = points.indices.filter {
      points[$0] && !isCalibration(row: $0 / columns, column: $0 % columns)
    }
    var excess = free.count + calibrationCount - targetCount
    while excess > 0 {
      let chosen = generator.randomInteger(below: free.count)
      points[free[chosen]] = false
      free.swapAt(chosen, free.count - 1)
      free.removeLast()
      excess -= 1
    }
    return points
  }

  /// One placing with the slope s.
  private func poissonDiscPoints(slope: Double, _ generator: inout MersenneTwister) -> [Bool] {
    let longest = Double(max(rows, columns))
    // A coarse matrix gets its distance in proportion, so that the picture is the same along both axes.
    let (rowScale, columnScale) = (Double(rows) / longest, Double(columns) / longest)
    var distance = [Double](repeating: 0, count: rows * columns)
    for row in 0..<rows {
      for column in 0..<columns {
        let (a, b) = distanceFromCalibration(row: row, column: column)
        distance[row * columns + column] = (a * a + b * b).squareRoot()
      }
    }
    func radii(_ place: Int) -> (row: Double, column: Double) {
      let distance = 1 + slope * distance[place]
      return (max(1, distance * rowScale), max(1, distance * columnScale))
    }
    var taken = [Bool](repeating: false, count: rows * columns)
    func isFree(_ row: Double, _ column: Double, _ reach: (row: Double, column: Double)) -> Bool {
      // Two may fall on one place of the grid all the same.
      if taken[Int(row) * columns + Int(column)] { return false }
      let rowRange = max(0, Int(row - reach.row))..<min(rows, Int(row + reach.row + 1))
      let columnRange =
        max(0, Int(column - reach.column))..<min(columns, Int(column + reach.column + 1))
      for y in rowRange {
        for x in columnRange where taken[y * columns + x] {
          let radius = radii(y * columns + x)
          let (a, b) = ((row - Double(y)) / radius.row, (column - Double(x)) / radius.column)
          if a * a + b * b < 1 { return false }
        }
      }
      return true
    }
    var active = [
      (
        row: generator.randomInteger(below: rows), column: generator.randomInteger(below: columns)
      )
    ]
    taken[active[0].row * columns + active[0].column] = true
    while !active.isEmpty {
      let chosen = generator.randomInteger(below: active.count)
      let from = active[chosen]
      let radius = radii(from.row * columns + from.column)
      var placed = false
      for _ in 0..<Self.tries {
        let reach = (1 + 3 * generator.uniform()).squareRoot()
        let angle = 2 * Double.pi * generator.uniform()
        let row = Double(from.row) + reach * radius.row * Double.sin(angle)
        let column = Double(from.column) + reach * radius.column * Double.cos(angle)
        guard row >= 0, row < Double(rows), column >= 0, column < Double(columns),
          isFree(row, column, radius)
        else { continue }
        active.append((Int(row), Int(column)))
        taken[Int(row) * columns + Int(column)] = true
        placed = true
        break
      }
      if !placed {
        active.swapAt(chosen, active.count - 1)
        active.removeLast()
      }
    }
    return taken.indices.map { place in
      isCalibration(row: place / columns, column: place % columns)
        || taken[place] && distance[place] < 1
    }
  }
}
