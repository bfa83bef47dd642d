/// Weight λ and share θ of the wavelet residual.
struct ResidualChoice: Equatable {
  var weight: Float
  var share: Float
}

/// The weights and shares that were tried, and how well each predicted the measurements held out.
struct ResidualSearch {
  private(set) var choice: ResidualChoice
  private var tried: [(choice: ResidualChoice, error: Double)] = []
  private var least = Double.infinity
  /// Another share than the first must bring the error below this part of the least one.
  ///
  /// Few columns err much: without it the generator lost its say too easily at 8x. On eight held-out
  /// slices it gains 0.3 dB and .012 of SSIM under equispaced masks at 8x, and costs up to 0.2 dB at 2x.
  private static let margin = 0.9
  /// How many measurements were held out, and what they are.
  var held = (count: 0, unit: "columns")

  /// The choice where nothing can be tried.
  init(fallback settings: ILOSettings) {
    choice = ResidualChoice(weight: settings.fallbackWeight, share: settings.sparseShares[0])
  }

  /// - Parameter error: relative to the energy of what was held out.
  mutating func add(_ candidate: ResidualChoice, error: Double) {
    tried.append((candidate, error))
    let margin = candidate.share == tried[0].choice.share ? 1 : Self.margin
    if error < margin * least { (least, choice) = (error, candidate) }
  }

  /// What the record says, with the candidates of the chosen share.
  ///
  /// - Parameter setting: its name there.
  func account(of setting: String) -> WeightChoice {
    if tried.isEmpty {
      return WeightChoice(
        setting: setting, weight: Double(choice.weight),
        reason: "the setting fallback_weight: too few columns are sampled beside the calibration "
          + "lines, or too few measurements made, to hold any out")
    }
    let shares = Set(tried.map(\.choice.share))
    return WeightChoice(
      setting: setting, weight: Double(choice.weight),
      reason: "of the setting residual_weights, the one that best predicts \(held.count) held-out "
        + "\(held.unit)"
        + (shares.count > 1
          ? ", with \(choice.share) of sparse_shares: the share that draws towards 0 and not towards "
            + "the generator's image" : ""),
      measure: "squared error of the prediction over the energy of the held-out \(held.unit)",
      candidates: tried.filter { $0.choice.share == choice.share }
        .map { .init(weight: Double($0.choice.weight), error: $0.error) }
        .sorted { $0.weight > $1.weight })
  }
}
