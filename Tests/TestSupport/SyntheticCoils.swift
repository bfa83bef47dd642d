public import Arrays
import Foundation
import Numerics

/// A smooth object seen by coils whose maps are known in closed form.
public struct SyntheticCoils {
  public let coils: Int
  public let rows: Int
  public let columns: Int
  /// `[coils, rows, columns]`, of unit length over the coils.
  public var maps: ComplexArray
  /// `[rows, columns]`, zero outside an ellipse.
  public var image: ComplexArray
  /// Shape `[coils, rows, columns]`.
  public var kspace: ComplexArray

  /// The object with complex white noise of standard deviation `noise` per part in k-space.
  public init(
    coils: Int, rows: Int, columns: Int, seed: UInt64 = 1, noise: Float = 1e-4
  ) {
    (self.coils, self.rows, self.columns) = (coils, rows, columns)
    maps = ComplexArray(zeros: [coils, rows, columns])
    image = ComplexArray(zeros: [rows, columns])
    let pixels = rows * columns
    for row in 0..<rows {
      for column in 0..<columns {
        let y = 2 * Float(row - rows / 2) / Float(rows)
        let x = 2 * Float(column - columns / 2) / Float(columns)
        var sum: Float = 0
        for coil in 0..<coils {
          let angle = 2 * Float.pi * Float(coil) / Float(coils)
          let (dx, dy) = (x - 1.3 * cos(angle), y - 1.3 * sin(angle))
          let magnitude = exp(-(dx * dx + dy * dy) / 2)
          let phase = angle + 0.7 * dx * sin(angle) + 0.7 * dy
          maps.values[coil * pixels + row * columns + column] = Complex(
            length: magnitude, phase: phase)
          sum += magnitude * magnitude
        }
        for coil in 0..<coils {
          let index = coil * pixels + row * columns + column
          maps.values[index] = maps.values[index].divided(by: sum.squareRoot())
        }
        let radius = (x / 0.75) * (x / 0.75) + (y / 0.85) * (y / 0.85)
        if radius < 1 {
          // Texture to fill k-space, and a slowly turning phase.
          let texture = 1 + 0.4 * cos(9 * x + 4 * y) * cos(13 * y) + (radius < 0.3 ? 0.5 : 0)
          image.values[row * columns + column] = Complex(
            length: texture, phase: 0.8 * x - 0.5 * y * y)
        }
      }
    }
    kspace = ComplexArray(zeros: [coils, rows, columns])
    var random = RandomStream(seed: seed)
    for coil in 0..<coils {
      for pixel in 0..<pixels {
        kspace.values[coil * pixels + pixel] =
          maps.values[coil * pixels + pixel] * image.values[pixel]
      }
    }
    FourierTransform(rows: rows, columns: columns).forward(&kspace)
    for index in kspace.values.indices {
      kspace.values[index] += Complex(noise * random.normal(), noise * random.normal())
    }
  }

  /// |Σ conj(a)·b| over the coils for each pixel of the object.
  public func overlaps(with other: ComplexArray) -> [Float] {
    let pixels = rows * columns
    return (0..<pixels).filter { image.values[$0] != .zero }.map { pixel in
      var sum = Complex<Float>.zero
      for coil in 0..<coils {
        let index = coil * pixels + pixel
        sum += maps.values[index].conjugate * other.values[index]
      }
      return sum.length
    }
  }
}
