import Evaluation
import Foundation

/// An axis with round ticks.
struct ChartAxis: Equatable {
  struct Tick: Equatable {
    let value: Double
    let label: String
  }

  let lower, upper: Double
  let ticks: [Tick]
  let isLogarithmic: Bool

  /// The place of `value` on the axis, 0 at its lower end and 1 at its upper one.
  func position(_ value: Double) -> Double {
    if isLogarithmic { return log(value / lower) / log(upper / lower) }
    return (value - lower) / (upper - lower)
  }

  /// A linear axis that holds all finite `values`, with about `count` ticks at round numbers.
  static func linear(_ values: [Double], count: Int = 5) -> ChartAxis {
    let finite = values.filter(\.isFinite)
    var (low, high) = (finite.min() ?? 0, finite.max() ?? 1)
    if high - low <= 1e-12 * max(abs(low), abs(high)) {
      // One value alone stands in the middle.
      let reach = low == 0 ? 1 : abs(low) * 0.05
      (low, high) = (low - reach, high + reach)
    } else {
      let margin = 0.04 * (high - low)
      (low, high) = (low - margin, high + margin)
    }
    let step = roundStep((high - low) / Double(max(count, 1)))
    let digits = max(0, -Int(log10(step * 1.0001).rounded(.down)))
    let first = (low / step).rounded(.up)
    let last = (high / step).rounded(.down)
    let ticks = stride(from: first, through: last, by: 1).map { index in
      Tick(value: index * step, label: signed(index * step, digits: digits))
    }
    return ChartAxis(lower: low, upper: high, ticks: ticks, isLogarithmic: false)
  }

  /// A logarithmic axis of accelerations, so that doublings lie equally far apart.
  static func acceleration(_ values: [Double]) -> ChartAxis {
    let good = values.filter { $0.isFinite && $0 > 0 }
    let low = (good.min() ?? 1) / 1.08
    let high = (good.max() ?? 2) * 1.08
    let rounds: [Double] = [1, 1.5, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 24, 32, 48, 64]
    var ticks = rounds.filter { $0 >= low && $0 <= high }
    if ticks.count < 2 { ticks = good.isEmpty ? [1] : [good[0]] }
    return ChartAxis(
      lower: low, upper: high,
      ticks: ticks.map {
        Tick(value: $0, label: $0.text(digits: $0 == $0.rounded() ? 0 : 1) + "×")
      }, isLogarithmic: true)
  }

  /// A logarithmic axis over `values`, with ticks at 1, 2 and 5 times powers of ten where these are few.
  static func decades(_ values: [Double]) -> ChartAxis {
    let (low, high) = ((values.min() ?? 1e-3) / 1.2, (values.max() ?? 1) * 1.2)
    let steps: [Double] = log10(high / low) < 2 ? [1, 2, 5] : [1]
    let powers = Int(log10(low).rounded(.down))...Int(log10(high).rounded(.up))
    let ticks = powers.flatMap { power in
      steps.map { $0 * Foundation.pow(10, Double(power)) }
    }.filter { $0 >= low && $0 <= high }
    return ChartAxis(
      lower: low, upper: high,
      ticks: ticks.map {
        Tick(value: $0, label: $0.text(digits: max(0, Int((-log10($0)).rounded(.up)))))
      }, isLogarithmic: true)
  }

  /// The one of 1, 2, 5 and 10 times a power of ten that is nearest to `step`.
  private static func roundStep(_ step: Double) -> Double {
    let power = pow(10, log10(step).rounded(.down))
    let bounds: [(below: Double, factor: Double)] = [(1.5, 1), (3.5, 2), (7.5, 5)]
    return power * (bounds.first { step / power < $0.below }?.factor ?? 10)
  }

  /// With a true minus, and none before what rounds to zero.
  private static func signed(_ value: Double, digits: Int) -> String {
    let text = value.magnitude.text(digits: digits)
    return value < 0 && text.contains { "123456789".contains($0) } ? "−" + text : text
  }
}
