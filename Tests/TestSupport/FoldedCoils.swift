public import Arrays
import Foundation
import Numerics

/// An object that is larger than the field of view along columns, so that its ends fall onto each other.
public struct FoldedCoils {
  public let coils: Int
  public let rows: Int
  public let columns: Int
  /// The true sensitivities of the place within the field of view and of the one beyond it that falls on the
  /// same pixel, each `[coils, rows, columns]`.
  public let maps: [ComplexArray]
  /// Whether both places of a pixel hold something of the object, `[rows, columns]`.
  public let isDouble: [Bool]
  /// Whether any does.
  public let isObject: [Bool]
  /// `[coils, rows, columns]`.
  public let kspace: ComplexArray

  /// An object `extent` times as wide as the field of view, with noise of standard deviation `noise` per part.
  public init(
    coils: Int = 8, rows: Int, columns: Int, extent: Float = 1.3, noise: Float = 1e-3,
    seed: UInt64 = 2
  ) {
    (self.coils, self.rows, self.columns) = (coils, rows, columns)
    let pixels = rows * columns
    var maps = [ComplexArray](repeating: ComplexArray(zeros: [coils, rows, columns]), count: 2)
    var counts = [Int](repeating: 0, count: pixels)
    var images = ComplexArray(zeros: [coils, rows, columns])
    for row in 0..<rows {
      for column in 0..<columns {
        let y = 2 * Float(row - rows / 2) / Float(rows)
        let inside = 2 * Float(column - columns / 2) / Float(columns)
        for (place, x) in [inside, inside + (inside < 0 ? 2 : -2)].enumerated() {
          let radius = (x / extent) * (x / extent) + (y / 0.8) * (y / 0.8)
          let texture: Float = 1 + 0.4 * cos(7 * x + 3 * y) + (radius < 0.3 ? 0.5 : 0)
          let object: Complex<Float> = radius < 1 ? Complex(length: texture, phase: 0.5 * x) : .zero
          if radius < 1 { counts[row * columns + column] += 1 }
          for coil in 0..<coils {
            let angle = 2 * Float.pi * Float(coil) / Float(coils)
            let (dx, dy) = (x - 1.8 * cos(angle), y - 1.2 * sin(angle))
            let index = coil * pixels + row * columns + column
            let map = Complex<Float>(
              length: exp(-0.7 * (dx * dx + dy * dy)), phase: angle + 0.4 * dx + 0.5 * dy)
            maps[place].values[index] = map
            images.values[index] += map * object
          }
        }
      }
    }
    FourierTransform(rows: rows, columns: columns).forward(&images)
    var random = RandomStream(seed: seed)
    for index in images.values.indices {
      images.values[index] += Complex(noise * random.normal(), noise * random.normal())
    }
    self.maps = maps
    isDouble = counts.map { $0 == 2 }
    isObject = counts.map { $0 > 0 }
    kspace = images
  }

  /// The root of the sum of squares over the coil images, `[rows, columns]`.
  public var rootSumOfSquares: RealArray {
    var images = kspace
    FourierTransform(rows: rows, columns: columns).inverse(&images)
    let pixels = rows * columns
    return RealArray(
      shape: [rows, columns],
      values: (0..<pixels).map { pixel in
        (0..<coils).reduce(Float(0)) { $0 + images.values[$1 * pixels + pixel].lengthSquared }
          .squareRoot()
      })
  }
}
