/// Weight λ and share θ of the wavelet residual.
struct ResidualChoice {
  var weight: Float
  var share: Float

  init(weight: Float, share: Float) {
    self.weight = weight
    self.share = share
  }

  /// What is taken where too few columns are sampled to choose by.
  init(_ settings: ILOSettings) {
    self.init(weight: settings.fallbackWeight, share: settings.sparseShares[0])
  }
}
