import Arrays
import Numerics

extension PointMaskRequest {
  /// The width of the density at half of its height, as a share of k-space: ATOMMIC's customary one
  /// (atommic/collections/common/data/subsample.py).
  private static let halfMaximumWidth = 0.7

  /// Points drawn one after the other, none twice, with a probability that falls off as a Gaussian about the
  /// centre, until there are as many as asked for, the calibration block among them.
  ///
  /// Each place gets the key −ln(u)/density and the smallest keys win (Efraimidis and Spirakis, Information
  /// Processing Letters 97:181, 2006).
  func gaussianPoints(_ generator: inout MersenneTwister) -> [Bool] {
    var points = calibrationPoints
    let deviation = Self.halfMaximumWidth / (8 * Double.log(2)).squareRoot()
    var keys: [(key: Double, place: Int)] = []
    for row in 0..<rows {
      for column in 0..<columns {
        // One draw for every place, so that the calibration block does not change the others.
        let draw = 1 - generator.uniform()
        let place = row * columns + column
        if points[place] { continue }
        let y = 2 * (Double(row) - Double(rows / 2)) / Double(rows)
        let x = 2 * (Double(column) - Double(columns / 2)) / Double(columns)
        // In logarithms: at the corners the density is too small for a quotient.
        let key =
          Double.log(-Double.log(draw)) + (x * x + y * y) / (2 * deviation * deviation)
        keys.append((key, place))
      }
    }
    keys.sort { ($0.key, $0.place) < ($1.key, $1.place) }
    for (_, place) in keys.prefix(targetCount - calibrationCount) { points[place] = true }
    return points
  }
}
