import Acquisition
import Arrays
import LinearOperators

/// A few of the sampled columns put aside, to see how well an image fitted to the others predicts them.
///
/// Only sampled columns are looked at, so what is chosen by it is the scan's own.
struct HeldOutColumns {
  /// The encoding of the columns that are kept, the phase folded into the maps.
  let fit: SENSEOperator
  /// The encoding of those put aside.
  let check: SENSEOperator
  /// The measurements of `fit` and of `check`, in hybrid space.
  let kept: ComplexArray
  let expected: ComplexArray

  /// Puts aside one of `share` columns beyond the calibration lines, but at least two; nil where fewer
  /// than five lie beyond them.
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
    let modulated = maps.multiplied(byPhase: phase).sensitivities
    fit = SENSEOperator(
      maps: modulated, mask: mask.columns.indices.map { mask.columns[$0] && !held.contains($0) })
    check = SENSEOperator(maps: modulated, mask: mask.columns.indices.map(held.contains))
    (kept, expected) = (fit.hybrid(kspace), check.hybrid(kspace))
  }

  /// ‖A x − y‖² of the columns put aside, for an image relative to the phase.
  func error(of image: ComplexArray) -> Double {
    var error = check.forward(image)
    error.add(-1, times: expected)
    return error.squaredNorm
  }
}
