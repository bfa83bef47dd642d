import Acquisition
import Arrays
import LinearOperators

/// A few of the sampled columns beyond the calibration lines, held out, and the data that are left.
///
/// Only sampled columns are looked at, so what is chosen by them is the scan's own. For `ilo` two folds
/// of a tenth each were worse than one of a fifth, by 0.3 dB at 8x: few columns err much.
struct HeldOutData {
  /// The operator of the columns that are left, and their measurements.
  let fit: SENSEOperator
  let kept: ComplexArray
  /// How many columns are held out.
  let columns: Int
  private let check: SENSEOperator
  private let expected: ComplexArray

  /// Holds out one of `share` columns beyond the calibration lines, but at least two; nil where fewer
  /// than five lie there.
  ///
  /// - Parameters:
  ///   - phase: `[rows, columns]`, folded into the maps.
  ///   - kspace: `[coils, rows, columns]`.
  init?(
    maps: CoilMaps, phase: ComplexArray, mask: SamplingMask, kspace: ComplexArray, share: Int,
    seed: UInt64
  ) {
    let calibration = mask.calibrationColumns
    var free = mask.columns.indices.filter {
      mask.columns[$0] && !calibration.contains($0)
    }
    if free.count < 5 { return nil }
    var random = RandomStream(seed: seed)
    free.shuffle(using: &random)
    let held = Set(free.prefix(max(2, free.count / share)))
    columns = held.count
    let modulated = maps.multiplied(byPhase: phase).sensitivities
    fit = SENSEOperator(
      maps: modulated, mask: mask.columns.indices.map { mask.columns[$0] && !held.contains($0) })
    check = SENSEOperator(maps: modulated, mask: mask.columns.indices.map(held.contains))
    (kept, expected) = (fit.hybrid(kspace), check.hybrid(kspace))
  }

  /// ‖A x − y‖² / ‖y‖² over the columns held out, of an image `[rows, columns]` relative to the phase.
  func error(of image: ComplexArray) -> Double {
    var error = check.forward(image)
    error.add(-1, times: expected)
    let energy = expected.squaredNorm
    return energy > 0 ? error.squaredNorm / energy : error.squaredNorm
  }
}
