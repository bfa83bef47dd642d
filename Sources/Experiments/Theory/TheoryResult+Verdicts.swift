import Evaluation
import Numerics

extension TheoryResult {
  /// A verdict on each check, in the order of the page.
  public var verdicts: [Verdict] {
    [
      projectionVerdict, maureyVerdict, radiusVerdict, isometryVerdict, boundVerdict,
      continuityVerdict,
    ]
  }

  private var projectionVerdict: Verdict {
    let margin = projection.map(\.leastMargin).min() ?? .nan
    let gap = projection.map { abs($0.optimalityGap) }.max() ?? .nan
    let excess = projection.map { abs($0.excess) }.max() ?? .nan
    return Verdict(
      "The l1 projection gives the nearest point",
      // Single precision lets a competitor beside it win by a rounding error.
      margin > -1e-6 && gap < 1e-4 && excess < 1e-4 ? .holds : .fails,
      "Of \(projection.count * settings.trials) random competitors none is nearer by more than "
        + "\(Self.short(max(0, -margin))) of the distance; the optimality condition is met to "
        + "\(Self.short(gap)) and the radius to \(Self.short(excess)), in single precision.")
  }

  private var maureyVerdict: Verdict {
    // The mean of as many squared errors scatters by a few per cent.
    let worst = maurey.map { $0.error / $0.bound }.max() ?? .nan
    let off = maurey.filter { $0.expected > 1e-9 }.map { abs($0.error / $0.expected - 1) }.max()
    return Verdict(
      "Few atoms come within r / √k of a point of the ball", worst <= 1.05 ? .holds : .fails,
      "The root mean squared error of \(settings.trials) means of k atoms is at most "
        + "\(worst.text(digits: 3)) of the bound, and within "
        + "\((100 * (off ?? .nan)).text(digits: 1)) % of its formula.")
  }

  private var radiusVerdict: Verdict {
    let best = bestFactors
    let falls = best.count { $0.factor != 0 }
    let rises = best.count { entry in
      guard entry.factor != nil,
        let end = mean(\.error, measurements: entry.measurements, factor: nil)
      else { return false }
      return entry.error < end
    }
    let radii = best.map { entry in
      "\(entry.factor.map(Self.short) ?? "no ball") at m = \(entry.measurements)"
    }
    return Verdict(
      "The error falls with the radius, then rises",
      falls == best.count && rises == best.count
        ? .holds : falls > 0 && rises > 0 ? .partly : .fails,
      "A ball is better than none before it (radius 0) for \(falls) and better than no ball for "
        + "\(rises) of \(best.count) numbers of measurements. The best radius, over the true "
        + "deviation's: \(radii.joined(separator: ", ")).")
  }

  private var isometryVerdict: Verdict {
    let gaussian = isometry.filter { $0.ensemble == .gaussian }.sorted {
      $0.measurements < $1.measurements
    }
    guard let first = gaussian.first, let last = gaussian.last else {
      return Verdict("Measurements keep distances apart", .partly, "Nothing was measured.")
    }
    let grows = last.gamma > first.gamma
    let others = MeasurementEnsemble.allCases.filter { $0 != .gaussian }.compactMap { ensemble in
      isometry.filter { $0.ensemble == ensemble }.max { $0.measurements < $1.measurements }.map {
        "\(ensemble.words) \($0.gamma.text(digits: 3))"
      }
    }
    return Verdict(
      "Measurements keep distances apart, the more of them the better",
      gaussian.count < 2 ? .partly : grows ? .holds : .fails,
      "The least ratio found of Gaussian rows goes from \(first.gamma.text(digits: 3)) at m = "
        + "\(first.measurements) to \(last.gamma.text(digits: 3)) at m = \(last.measurements); "
        + "there the others have \(others.joined(separator: ", ")), on which the theory is silent. "
        + "These are upper bounds on γ.")
  }

  private var boundVerdict: Verdict {
    // Radius 0 has one image, and nothing to bound.
    let balls = recovery.filter { $0.gamma != nil }
    let bounded = balls.compactMap { row in row.bound.map { (row.error, $0) } }
    let held = bounded.count { $0.0 <= $0.1 * 1.0001 }
    let theorem = balls.compactMap { row in row.theoremBound.map { (row.error, $0) } }
    let heldTheorem = theorem.count { $0.0 <= $0.1 * 1.0001 }
    let share = bounded.filter { $0.1 > 0 }.map { $0.0 / $0.1 }.max() ?? .nan
    return Verdict(
      "The error stays below the bound",
      held == bounded.count ? .holds : heldTheorem == theorem.count ? .partly : .fails,
      "With the γ found, \(held) of \(bounded.count) recoveries are within the bound from misfits "
        + "and \(heldTheorem) of \(theorem.count) within the theorem's form of it; the error is at "
        + "most \(share.text(digits: 2)) of the first. Above it the γ found was too large: recovery and "
        + "nearest image are a worse pair than those looked at.")
  }

  private var continuityVerdict: Verdict {
    let gap = continuity.map(\.gap).max() ?? .nan
    return Verdict(
      "A stage begins where the one before ended", gap < 1e-4 ? .holds : .fails,
      "Over \(continuity.count) stages the loss at the first iterate differs from that of the "
        + "iterate before by at most \(Self.short(gap)) of it.")
  }

  /// A number in two digits.
  private static func short(_ value: Double) -> String {
    if value == 0 { return "0" }
    if abs(value) >= 0.01 {
      let text = value.text(digits: 2)
      return text.hasSuffix(".00") ? String(text.dropLast(3)) : text
    }
    let power = Int(Double.log10(abs(value)).rounded(.down))
    return "\((value / Double.pow(10, Double(power))).text(digits: 1))e\(power)"
  }
}
