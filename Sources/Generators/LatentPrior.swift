import Layers

/// The latent of a level as its prior mean plus a deviation in units of its prior scale:
/// z = μ + exp(l) ε, with l limited to `LadderArchitecture.logScaleRange`.
enum LatentPrior {
  static let values = LatentValues(logScale: LadderArchitecture.logScaleRange)

  /// z for the deviations ε, `[…, latents]`; ε = 0 if nil.
  static func latent(prior: Features, deviations: Features?) -> Features {
    values.values(prior, deviations: deviations)
  }
}
