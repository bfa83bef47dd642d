import Evaluation
import Foundation
public import Reconstruction

/// Trust maps in words.
public enum TrustText {
  /// What the figures of a slice say, in one line without a full stop.
  public static func sentence(_ figures: TrustMaps.Figures) -> String {
    var parts = ["\(percent(figures.unmeasuredInHead)) of the head's energy not measured"]
    parts.append(fit(figures.fit))
    if let area = figures.alarmedArea {
      parts.append(
        "\(percent(area)) of the head differ from \(figures.comparison) by more than the noise allows"
      )
    }
    return parts.joined(separator: "; ")
  }

  /// What the draws about an image say.
  public static func spread(_ spread: RunRecord.Trust.Spread) -> String {
    let deviation =
      "\(spread.draws) draws deviate by \(percent(spread.relativeDeviation)) in the head"
    guard let level = spread.level, let half = spread.relativeHalfWidth else {
      return deviation
        + "; the weights were not calibrated for intervals of so many (mri-ilo weights spread)"
    }
    let held = spread.coverage.map { ", which hold the reference in \(percent($0))" } ?? ""
    return "\(deviation); intervals of \(Int((100 * level).rounded())) % are ±\(percent(half)) wide"
      + held
  }

  /// How an image explains the measurements.
  static func fit(_ fit: DataFit) -> String {
    guard let departure = fit.departure else {
      return "no noise to be seen in the samples, so that the residual cannot be judged"
    }
    var text = "residual \(short(Float(fit.residual))) × noise, \(fit.verdict.rawValue)"
    switch fit.verdict {
    case .overFitted, .underFitted, .undecided:
      text += " (\(short(Float(departure))) on a scale where 0 has fitted all noise and 1 none)"
    case .explained, .unknown: break
    }
    if fit.hasBadModel, let error = fit.modelError {
      text +=
        "; the best fit of any image with these coil maps leaves \(short(Float(1 + error))) times what "
        + "it would leave of noise alone: the maps are off"
    }
    return text
  }

  static func percent(_ share: Double) -> String { (100 * share).text(digits: 1) + " %" }

  /// At most two decimals, and no zeros at the end.
  static func short(_ value: Float) -> String { String(format: "%.3g", value) }
}
