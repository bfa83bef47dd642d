import Acquisition
import Arrays
import LinearOperators
import Numerics

/// A few measurements held out, and those that are left: of a scan, sampled columns or points beyond the
/// calibration lines.
///
/// Only measurements are looked at, so what is chosen by them is the problem's own. For `ilo` two folds
/// of a tenth each were worse than one of a fifth, by 0.3 dB at 8x: few columns err much.
public struct HeldOutData: Sendable {
  /// The operator of what is left, and its measurements.
  let fit: any LinearOperator
  let kept: ComplexArray
  /// How many are held out.
  let count: Int
  /// What they are, in the plural.
  let unit: String
  /// An image of the kept data to start from; nil for none but their adjoint.
  let start: ComplexArray?
  /// The noise of a real or imaginary part, of all coils together, where a weight is to be near what it calls for:
  /// few columns of a scan err much, and do not show what a weight costs on the others.
  ///
  /// Nil where the measurements held out tell enough, as pixels do of their neighbours.
  let noise: Float?
  private let check: any LinearOperator
  private let expected: ComplexArray
  /// How much the error of each counts, over and over along `expected`.
  private let weights: [Double]

  /// Data that were parted already.
  init(
    fit: any LinearOperator, kept: ComplexArray, check: any LinearOperator, expected: ComplexArray,
    count: Int, unit: String, start: ComplexArray?, noise: Float? = nil,
    weights: [Double] = [1]
  ) {
    self.weights = weights
    (self.fit, self.kept, self.check, self.expected) = (fit, kept, check, expected)
    (self.count, self.unit, self.start) = (count, unit, start)
    self.noise = noise
  }

  /// Holds out one of `share` columns, or points, beyond the calibration lines, but at least two; nil where fewer
  /// than five lie there.
  ///
  /// - Parameters:
  ///   - phase: `[rows, columns]`, folded into the maps.
  ///   - kspace: `[coils, rows, columns]`.
  init?(
    maps: CoilMaps, phase: ComplexArray, mask: SamplingMask, kspace: ComplexArray, share: Int,
    seed: UInt64
  ) {
    let calibration = mask.calibration
    var free = mask.samples.indices.filter { mask.samples[$0] && !calibration[$0] }
    if free.count < 5 { return nil }
    var random = RandomStream(seed: seed)
    free.shuffle(using: &random)
    let held = Set(free.prefix(max(2, free.count / share)))
    let modulated = maps.multiplied(byPhase: phase).sensitivities
    let fit = SENSEOperator(
      maps: modulated, mask: mask.samples.indices.map { mask.samples[$0] && !held.contains($0) })
    let check = SENSEOperator(maps: modulated, mask: mask.samples.indices.map(held.contains))
    let stands = mask.stands
    self.init(
      fit: fit, kept: fit.hybrid(kspace), check: check, expected: check.hybrid(kspace),
      count: held.count, unit: mask.unit, start: nil,
      noise: (try? NoiseLevel(kspace: kspace, mask: mask))?.pooled,
      weights: held.sorted().map { stands[$0] })
  }

  /// ‖A x − y‖² / ‖y‖² over what is held out, of an image `[rows, columns]` relative to the phase.
  ///
  /// Each measurement of a scan counts by what it stands for; see `SamplingMask.stands`.
  func error(of image: ComplexArray) -> Double {
    var error = check.forward(image)
    error.add(-1, times: expected)
    let misfit = error.squaredNorm(weights: weights)
    let energy = expected.squaredNorm(weights: weights)
    return energy > 0 ? misfit / energy : misfit
  }
}

extension ComplexArray {
  /// Σ w |v|², the weights w taken over and over.
  func squaredNorm(weights: [Double]) -> Double {
    if weights.allSatisfy({ $0 == 1 }) { return squaredNorm }
    var sum = 0.0
    for (index, value) in values.enumerated() {
      sum += weights[index % weights.count] * Double(value.lengthSquared)
    }
    return sum
  }
}
