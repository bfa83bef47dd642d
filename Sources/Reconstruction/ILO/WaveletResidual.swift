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

  /// The weight λ that best predicts columns of the measurements that are held out, a fifth of those
  /// beyond the calibration lines.
  ///
  /// Only sampled columns are looked at, so the choice is the scan's own. `setting` is what the record
  /// calls it.
  func weight(
    maps: CoilMaps, phase: ComplexArray, mask: SamplingMask, kspace: ComplexArray, setting: String
  ) -> WeightChoice {
    let calibration = mask.calibrationColumns
    var free = mask.columns.indices.filter {
      mask.columns[$0] && !calibration.contains($0)
    }
    if free.count < 5 {
      return WeightChoice(
        setting: setting, weight: Double(settings.fallbackWeight),
        reason: "the setting fallback_weight: too few columns are sampled beside the calibration "
          + "lines to hold any out")
    }
    var random = RandomStream(seed: settings.seed)
    free.shuffle(using: &random)
    let held = Set(free.prefix(max(2, free.count / 5)))
    let modulated = maps.multiplied(byPhase: phase).sensitivities
    let fit = SENSEOperator(
      maps: modulated, mask: mask.columns.indices.map { mask.columns[$0] && !held.contains($0) })
    let check = SENSEOperator(maps: modulated, mask: mask.columns.indices.map(held.contains))
    let (kept, expected) = (fit.hybrid(kspace), check.hybrid(kspace))
    var best = (error: Double.infinity, weight: settings.fallbackWeight)
    var start: ComplexArray?
    var tried: [WeightChoice.Candidate] = []
    let energy = expected.squaredNorm
    for weight in settings.residualWeights {
      let candidate = image(fit, kept, weight: weight, from: start, iterations: 25)
      var error = check.forward(candidate)
      error.add(-1, times: expected)
      tried.append(.init(weight: Double(weight), error: error.squaredNorm / energy))
      if error.squaredNorm < best.error { best = (error.squaredNorm, weight) }
      start = candidate
    }
    return WeightChoice(
      setting: setting, weight: Double(best.weight),
      reason: "of the setting residual_weights, the one that best predicts \(held.count) held-out "
        + "columns",
      measure: "squared error of the prediction over the energy of the held-out columns",
      candidates: tried)
  }
}
