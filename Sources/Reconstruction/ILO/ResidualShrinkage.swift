package import Arrays
import LinearOperators

/// The proximal map of the wavelet residual, under random circular shifts.
///
/// It minimises ½‖x − v‖² + t Σ [(1 − θ) |W(x − g)| + θ |W x|] with W the
/// orthonormal Haar transform moved by the shift and |·| of real and imaginary parts apart, because the
/// phase is folded into the maps: what is imaginary is only what the phase got wrong.
package struct ResidualShrinkage {
  private let wavelets: ShiftedWavelets
  private let drawn: ComplexArray?
  private let share: Float
  private var shifts: WaveletShifts

  /// - Parameters:
  ///   - drawn: the generator's image g; nil for none, which leaves |W x| whole.
  ///   - share: θ, from 0 to 1.
  ///   - seed: of the shifts.
  package init(shape: [Int], drawn: ComplexArray?, share: Float, seed: UInt64) {
    let transform = WaveletOperator(
      shape: shape, filter: .haar, levels: WaveletOperator.usefulLevels(shape: shape))
    wavelets = ShiftedWavelets(transform)
    shifts = WaveletShifts(transform: transform, seed: seed)
    self.drawn = drawn
    self.share = drawn == nil ? 1 : share
  }

  /// Applies the map to `image` `[rows, columns]` with t = `threshold`, under the next shift.
  package mutating func apply(_ image: inout ComplexArray, threshold: Float) {
    wavelets.shrink(
      &image, towards: drawn, toZero: share * threshold, toCentre: (1 - share) * threshold,
      shift: shifts.next())
  }
}
