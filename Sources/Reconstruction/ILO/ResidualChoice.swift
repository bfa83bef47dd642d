/// Weight λ and share θ of the wavelet residual.
struct ResidualChoice: Equatable {
  var weight: Float
  var share: Float
}

extension ResidualChoice {
  /// What ILO chose on another slice, for its first image and for the residual; nil if it chose nothing.
  static func kept(_ chosen: [String: Double]) -> (first: ResidualChoice, residual: ResidualChoice)?
  {
    guard let first = chosen["first wavelet weight"], let weight = chosen["residual weight"],
      let share = chosen["sparse share"]
    else { return nil }
    return (
      ResidualChoice(weight: Float(first), share: 1),
      ResidualChoice(weight: Float(weight), share: Float(share))
    )
  }
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
  /// The least weight counts whose error exceeds the least one by no more than this part (compare the
  /// one-standard-error rule, Hastie, Tibshirani and Friedman, Elements of Statistical Learning, 7.10).
  ///
  /// A generator that predicts unseen columns well makes large weights look good, but the error on
  /// held-out columns does not show what they cost on the measured ones. On eight held-out slices it
  /// gains 0.7, 0.1 and 0.1 dB at 2x, 4x and 8x, random, and 1.0, 0.5 and −0.1, equispaced.
  private static let tolerance = 0.01
  /// Whether the tolerance was used.
  private var leans = false
  /// How many measurements were held out, and what they are.
  var held = (count: 0, unit: "columns")

  /// Whether the choice is that of another slice.
  private var isKept = false

  /// The choice of another slice.
  init(kept choice: ResidualChoice) { (self.choice, isKept) = (choice, true) }

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

  /// Takes the least weight of the chosen share that predicts the columns about as well.
  mutating func leanTowardsData() {
    let limit = (1 + Self.tolerance) * least
    let close = tried.filter { $0.choice.share == choice.share && $0.error <= limit }
    guard let lightest = close.min(by: { $0.choice.weight < $1.choice.weight }) else { return }
    (choice, leans) = (lightest.choice, true)
  }

  /// What the record says, with the candidates of the chosen share.
  ///
  /// - Parameter setting: its name there.
  func account(of setting: String) -> WeightChoice {
    if isKept { return .kept(Double(choice.weight), setting: setting) }
    if tried.isEmpty {
      return WeightChoice(
        setting: setting, weight: Double(choice.weight),
        reason: "the setting fallback_weight: too few columns are sampled beside the calibration "
          + "lines, or too few measurements made, to hold any out")
    }
    let shares = Set(tried.map(\.choice.share))
    return WeightChoice(
      setting: setting, weight: Double(choice.weight),
      reason: "of the setting residual_weights, the "
        + (leans
          ? "least that predicts \(held.count) held-out \(held.unit) within \(Int(100 * Self.tolerance)) % of the best"
          : "one that best predicts \(held.count) held-out \(held.unit)")
        + (shares.count > 1
          ? ", with \(choice.share) of sparse_shares: the share that draws towards 0 and not towards "
            + "the generator's image" : ""),
      measure: "squared error of the prediction over the energy of the held-out \(held.unit)",
      candidates: tried.filter { $0.choice.share == choice.share }
        .map { .init(weight: Double($0.choice.weight), error: $0.error) }
        .sorted { $0.weight > $1.weight })
  }
}
