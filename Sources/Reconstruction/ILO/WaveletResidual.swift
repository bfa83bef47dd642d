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
  /// θ.
  var share: Float

  /// The image for one weight λ, from `start`.
  func image(
    _ system: any LinearOperator, _ measurements: ComplexArray, weight: Float,
    from start: ComplexArray? = nil, iterations: Int, averaged: Int = 1
  ) -> ComplexArray {
    var shrinkage = ResidualShrinkage(
      shape: system.domain, drawn: drawn, share: share, seed: settings.seed)
    // ‖A‖ ≤ 1 by the normalised maps, so the step 1 is safe.
    return FISTA(iterations: iterations, step: 1, averaged: averaged).minimise(
      from: start ?? drawn ?? ComplexArray(zeros: system.domain),
      gradient: { system.dataLoss($0, measurements: measurements, into: &$1) },
      proximal: { shrinkage.apply(&$0, threshold: $1 * weight) }, report: { _ in })
  }

  /// Whether the weight that another slice chose is fit for the measurements `held` out too: the next heavier
  /// one does not predict them better by a twentieth.
  ///
  /// Too small a weight is what spoils an image: where coil maps are off, its error has no bound.
  func confirms(_ kept: ResidualChoice, _ held: HeldOutData) -> Bool {
    let heavier = settings.residualWeights.filter { $0 > 1.01 * kept.weight }.min()
    guard let heavier else { return true }
    var residual = self
    residual.share = kept.share
    var start = drawn == nil ? held.start : nil
    let errors = [heavier, kept.weight].map { weight in
      let image = residual.image(held.fit, held.kept, weight: weight, from: start, iterations: 25)
      start = image
      return held.error(of: image)
    }
    return errors[1] <= 1.05 * errors[0]
  }

  /// The weight and share that best predict the measurements `held` out.
  ///
  /// The weight is chosen for the first share, and then each other share with that weight and its two
  /// neighbours. About a generator's image the weight is then one near what the noise calls for.
  func search(_ held: HeldOutData) -> ResidualSearch {
    let weights = settings.residualWeights
    var search = ResidualSearch(fallback: settings)
    search.held = (held.count, held.unit)
    var start = drawn == nil ? held.start : nil
    func attempt(weight: Float, share: Float) {
      var residual = self
      residual.share = share
      let image = residual.image(held.fit, held.kept, weight: weight, from: start, iterations: 25)
      search.add(ResidualChoice(weight: weight, share: share), error: held.error(of: image))
      start = image
    }
    for weight in weights { attempt(weight: weight, share: settings.sparseShares[0]) }
    if drawn == nil { return search }
    let middle = weights.firstIndex(of: search.choice.weight) ?? 0
    for share in settings.sparseShares.dropFirst() {
      for weight in weights[max(0, middle - 1)..<min(weights.count, middle + 2)] {
        attempt(weight: weight, share: share)
      }
    }
    if let noise = held.noise { search.settle(by: noise, least: weights.min() ?? 0) }
    return search
  }
}
