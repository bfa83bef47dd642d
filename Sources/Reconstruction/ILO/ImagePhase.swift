package import Arrays
import Numerics

/// The smooth phase of a complex image.
package enum ImagePhase {
  /// A phasor of length 1 at each pixel: the phase of `image` `[rows, columns]` behind a Gaussian
  /// low-pass whose standard deviation is `width` of k-space along each axis.
  package static func phasor(of image: ComplexArray, width: Float) -> ComplexArray {
    let (rows, columns) = (image.shape[0], image.shape[1])
    let transform = FourierTransform(rows: rows, columns: columns)
    var smooth = image
    transform.forward(&smooth)
    func weights(_ n: Int) -> [Float] {
      (0..<n).map { index in
        let distance = Float(index - n / 2) / (Float(n) * width)
        return Float.exp(-distance * distance)
      }
    }
    let (down, across) = (weights(rows), weights(columns))
    for row in 0..<rows {
      for column in 0..<columns {
        let index = row * columns + column
        smooth.values[index] = smooth.values[index].multiplied(by: down[row] * across[column])
      }
    }
    transform.inverse(&smooth)
    return ComplexArray(
      shape: image.shape,
      values: smooth.values.map { value in
        let length = value.length
        return length > 0 && length.isFinite
          ? Complex(value.real / length, value.imaginary / length) : .one
      })
  }
}

/// `a · b`, element by element.
package func product(_ a: ComplexArray, _ b: ComplexArray) -> ComplexArray {
  ComplexArray(shape: a.shape, values: zip(a.values, b.values).map { $0 * $1 })
}

/// The conjugate of each element.
func conjugate(_ a: ComplexArray) -> ComplexArray {
  ComplexArray(shape: a.shape, values: a.values.map(\.conjugate))
}
