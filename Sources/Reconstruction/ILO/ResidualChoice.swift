import Foundation
import Numerics

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
  /// λ over the noise of a real or imaginary part that is best on held-out slices, and what it costs to leave it:
  /// a weight counts by its error over the least one, plus `caution` · log²(λ / (`perNoise` σ)).
  ///
  /// A threshold in proportion to the noise is that of Donoho & Johnstone (Biometrika 81:425, 1994). The errors on a
  /// few held-out columns are nearly the same for all weights; where coil maps or generator fail, they are not, and
  /// they have their say: four times the weight must predict the columns better by 16 %. The folder's README.md has
  /// the figures.
  private static let (perNoise, caution) = (0.28, 0.1)
  /// The weight that the noise calls for, if it was asked.
  private var typical: Double?
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

  /// Takes a weight of the chosen share near what `noise` calls for, unless the columns speak against it.
  ///
  /// - Parameters:
  ///   - noise: the deviation of a real or imaginary part, in the problem's units.
  ///   - least: no less is called for, however little noise there is.
  mutating func settle(by noise: Float, least lightest: Float) {
    let typical = max(Self.perNoise * Double(noise), Double(lightest))
    func cost(_ candidate: (choice: ResidualChoice, error: Double)) -> Double {
      let distance = Double.log(Double(candidate.choice.weight) / typical)
      return candidate.error / least + Self.caution * distance * distance
    }
    let candidates = tried.filter { $0.choice.share == choice.share && $0.choice.weight > 0 }
    guard least > 0, typical > 0, let best = candidates.min(by: { cost($0) < cost($1) }) else {
      return
    }
    (choice, self.typical) = (best.choice, typical)
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
        + (typical.map {
          String(format: "one nearest to %.4f, which the noise calls for, that", $0)
        } ?? "one that best")
        + " predicts \(held.count) held-out \(held.unit)"
        + (typical == nil ? "" : " about as well as any")
        + (shares.count > 1
          ? ", with \(choice.share) of sparse_shares: the share that draws towards 0 and not towards "
            + "the generator's image" : ""),
      measure: "squared error of the prediction over the energy of the held-out \(held.unit)",
      candidates: tried.filter { $0.choice.share == choice.share }
        .map { .init(weight: Double($0.choice.weight), error: $0.error) }
        .sorted { $0.weight > $1.weight })
  }
}
