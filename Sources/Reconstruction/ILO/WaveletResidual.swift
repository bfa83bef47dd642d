import Acquisition
import Arrays
import LinearOperators
import Optimization

/// The last layer of ILO: the image is what the generator draws plus a complex residual, sparse in
/// wavelets.
///
/// argmin_x ½‖A x − y‖² + λ Σ [(1 − θ) |W(x − g)| + θ |W x|], real and imaginary parts apart.
struct WaveletResidual {
  let settings: ILOSettings
  /// The generator's image, relative to the phase; nil before there is one.
  let drawn: ComplexArray?

  /// The image for one weight λ, from `start`.
  func image(
    _ system: SENSEOperator, _ measurements: ComplexArray, weight: Float,
    from start: ComplexArray? = nil, iterations: Int
  ) -> ComplexArray {
    var shrinkage = ResidualShrinkage(
      shape: system.domain, drawn: drawn, share: settings.sparseShare, seed: settings.seed)
    // ‖A‖ ≤ 1 by the normalised maps, so the step 1 is safe.
    return FISTA(iterations: iterations, step: 1).minimise(
      from: start ?? drawn ?? ComplexArray(zeros: system.domain),
      gradient: { system.dataLoss($0, measurements: measurements, into: &$1) },
      proximal: { shrinkage.apply(&$0, threshold: $1 * weight) }, report: { _ in })
  }

  /// The weight that best predicts columns of the measurements that are held out, a fifth of those
  /// beyond the calibration lines.
  ///
  /// Only sampled columns are looked at, so the choice is the scan's own.
  func weight(
    maps: CoilMaps, phase: ComplexArray, mask: SamplingMask, kspace: ComplexArray
  ) -> Float {
    guard
      let held = HeldOutColumns(
        maps: maps, phase: phase, mask: mask, kspace: kspace, share: 5, seed: settings.seed)
    else { return settings.fallbackWeight }
    var best = (error: Double.infinity, weight: settings.fallbackWeight)
    var start: ComplexArray?
    for weight in settings.residualWeights {
      let candidate = image(held.fit, held.kept, weight: weight, from: start, iterations: 25)
      let error = held.error(of: candidate)
      if error < best.error { best = (error, weight) }
      start = candidate
    }
    return best.weight
  }
}
