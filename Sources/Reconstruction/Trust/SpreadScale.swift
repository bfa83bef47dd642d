public import Arrays
import Foundation
public import Generators

/// What makes intervals of a posterior's spread: the factor by which it must be multiplied so that the
/// stated share of pixels lies inside, found on images whose truth is known.
///
/// Split conformal prediction: the score of a pixel is |error| / (spread + floor), the factor the
/// quantile of the scores. Pixels of a slice go together, so slices count, each alike, and one more
/// stands for the slice to come: the factor is the least q with Σ_s F_s(q) ≥ level · (slices + 1), F_s
/// being the share of the scores of slice s up to q (Dunn, Wasserman and Ramdas, JASA 118:2491, 2023).
/// It holds on average over slices like those that it is from, not for each slice or pixel.
public struct SpreadScale: Sendable, Codable, Equatable {
  /// Half an interval over spread + floor.
  public var factor: Double
  /// The share of the head's pixels whose interval is to hold the truth.
  public var level: Double
  /// Draws of each slice; another number gives another spread.
  public var draws: Int
  /// The slices that the factor is from.
  public var slices: Int
  /// What was found on slices of other subjects; nil if none were looked at.
  public var check: Check?

  /// How the intervals did on slices that the factor is not from.
  public struct Check: Sendable, Codable, Equatable {
    public var slices: Int
    /// The mean over the slices of the share of the head's pixels inside.
    public var coverage: Double
    public var leastCoverage: Double
    public var greatestCoverage: Double
    /// The mean half width of the intervals, as a share of the image's 99th percentile.
    public var halfWidth: Double

    public init(
      slices: Int, coverage: Double, leastCoverage: Double, greatestCoverage: Double,
      halfWidth: Double
    ) {
      self.slices = slices
      self.coverage = coverage
      (self.leastCoverage, self.greatestCoverage) = (leastCoverage, greatestCoverage)
      self.halfWidth = halfWidth
    }
  }

  /// What is added to every spread, in units of the problem, so that where all draws agree the score
  /// stays finite: half a per cent of the bright image.
  public static let floor: Float = 0.005

  /// The scale of `scores`, one array a slice, none empty.
  ///
  /// Throws `ReconstructionError.settings` if the slices are too few for the level.
  public init(scores: [[Float]], level: Double, draws: Int) throws(ReconstructionError) {
    let wanted = level * Double(scores.count + 1)
    let usable = scores.filter { !$0.isEmpty }
    guard level > 0, level < 1, usable.count == scores.count, wanted <= Double(scores.count) else {
      // Less what rounding adds: 0.9 / 0.1 is a trifle above 9.
      let least = Int((level / max(1e-9, 1 - level) - 1e-6).rounded(.up))
      throw .settings(
        method: "spread",
        reason:
          "\(usable.count) slice\(usable.count == 1 ? " is" : "s are") too few for intervals of \(Int(100 * level)) %; give at "
          + "least \(least)")
    }
    guard scores.allSatisfy({ $0.allSatisfy(\.isFinite) }) else {
      throw .settings(method: "spread", reason: "a slice gives scores that are not finite")
    }
    let all = scores.flatMap { own in own.map { (score: $0, weight: 1 / Double(own.count)) } }
      .sorted { $0.score < $1.score }
    var sum = 0.0
    var factor = all.last?.score ?? 0
    for (score, weight) in all {
      sum += weight
      // Sums of many small weights fall short of whole numbers by rounding.
      if sum >= wanted - 1e-9 {
        factor = score
        break
      }
    }
    self.factor = Double(factor)
    (self.level, self.draws, slices) = (level, draws, scores.count)
  }

  /// The scores of the pixels `members` of a slice; `error` and `deviation` in units of the problem.
  public static func scores(error: RealArray, deviation: RealArray, members: [Bool]) -> [Float] {
    error.values.indices.filter { members[$0] }.map {
      abs(error.values[$0]) / (deviation.values[$0] + floor)
    }
  }

  /// Half the interval at each pixel, for a spread `[rows, columns]` in units of the problem.
  public func halfWidth(_ deviation: RealArray) -> RealArray {
    RealArray(
      shape: deviation.shape,
      values: deviation.values.map { Float(factor) * ($0 + Self.floor) })
  }

  /// What the scale is from, for a reader.
  public var text: String {
    let checked = check.map {
      String(
        format: "; on %d slices of other subjects they hold %.1f %% (%.1f to %.1f)", $0.slices,
        100 * $0.coverage, 100 * $0.leastCoverage, 100 * $0.greatestCoverage)
    }
    return String(
      format: "factor %.2f for intervals of %g %% by %d draws, from %d slices", factor, 100 * level,
      draws, slices) + (checked ?? "")
  }
}

extension WeightsFile {
  /// The key of the scale among the notes.
  public static let spreadKey = "spread"

  /// The scale of intervals from `mri-ilo weights spread`; nil where the file states none of use.
  public var spread: SpreadScale? {
    get {
      guard let text = notes[Self.spreadKey],
        let scale = try? JSONDecoder().decode(SpreadScale.self, from: Data(text.utf8)),
        scale.factor > 0, scale.factor.isFinite, scale.draws > 0
      else { return nil }
      return scale
    }
    set {
      let encoder = JSONEncoder()
      encoder.outputFormatting = .sortedKeys
      notes[Self.spreadKey] = newValue.flatMap { try? encoder.encode($0) }.map {
        String(decoding: $0, as: UTF8.self)
      }
    }
  }
}
