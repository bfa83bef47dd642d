import Arrays
import LinearOperators
import Numerics

/// The proximal map of the wavelet residual, under random circular shifts.
///
/// It minimises ½‖x − v‖² + t Σ [(1 − θ) |Re W(x − g)| + θ |Re W x| + |Im W x|] with W the
/// orthonormal Haar transform moved by the shift. Real and imaginary parts are apart because the
/// phase is folded into the maps: what is imaginary is only what the phase got wrong.
struct ResidualShrinkage {
  private let transform: WaveletOperator
  private let drawn: ComplexArray?
  private let share: Float
  private var random: RandomStream

  /// - Parameters:
  ///   - drawn: the generator's image g, real; nil for none, which leaves |Re W x| whole.
  ///   - share: θ, from 0 to 1.
  ///   - seed: of the shifts.
  init(shape: [Int], drawn: ComplexArray?, share: Float, seed: UInt64) {
    transform = WaveletOperator(
      shape: shape, filter: .haar, levels: WaveletOperator.usefulLevels(shape: shape))
    self.drawn = drawn
    self.share = drawn == nil ? 1 : share
    random = RandomStream(seed: seed)
  }

  /// Applies the map to `image` `[rows, columns]` with t = `threshold`, under the next shift.
  mutating func apply(_ image: inout ComplexArray, threshold: Float) {
    let (rows, columns) = (transform.domain[0], transform.domain[1])
    let period = UInt64(1) << UInt64(transform.levels)
    let down = Int(random.next() % period) % rows
    let right = Int(random.next() % period) % columns
    var shifted = image
    var coefficients = image
    var centres = [Float](repeating: 0, count: image.count)
    if let drawn {
      shift(drawn, by: (down, right), into: &shifted)
      transform.forward(shifted, into: &coefficients)
      coefficients.values.withInterleaved { values in
        for index in centres.indices { centres[index] = values[2 * index] }
      }
    }
    shift(image, by: (down, right), into: &shifted)
    transform.forward(shifted, into: &coefficients)
    let (toDrawn, toZero) = ((1 - share) * threshold, share * threshold)
    coefficients.values.withMutableInterleaved { values in
      for index in centres.indices {
        values[2 * index] = Self.drawnBetween(
          values[2 * index], centre: centres[index], toZero: toZero, toCentre: toDrawn)
        values[2 * index + 1] = Self.drawnBetween(
          values[2 * index + 1], centre: 0, toZero: threshold, toCentre: 0)
      }
    }
    transform.adjoint(coefficients, into: &shifted)
    shift(shifted, by: ((rows - down) % rows, (columns - right) % columns), into: &image)
  }

  /// argmin ½(c − v)² + a|c| + b|c − g|.
  ///
  /// Seen from the side of g > 0: beyond g both pull back, between 0 and g they pull apart, and 0 and
  /// g themselves catch what comes near.
  static func drawnBetween(
    _ value: Float, centre: Float, toZero a: Float, toCentre b: Float
  ) -> Float {
    let sign: Float = centre < 0 ? -1 : 1
    let (v, g) = (sign * value, sign * centre)
    let c =
      v - a - b > g
      ? v - a - b : v - a + b >= g ? g : v - a + b > 0 ? v - a + b : min(0, v + a + b)
    return sign * c
  }
}
