import Evaluation

/// Figures as the report shows them: with the decimals of the printed tables and a true minus.
enum FigureText {
  /// The decimals of `metric` for the summaries of one group, by the rule of the printed tables.
  static func digits(_ metric: Metric, in summaries: [ConditionSummary]) -> Int {
    let medians = summaries.flatMap(\.metrics).filter { $0.metric == metric }.map(\.volumes.median)
    return PrintedNumber.digits(for: medians, least: metric.digits)
  }

  static func plain(_ value: Double, digits: Int) -> String {
    let text = value.magnitude == .infinity ? "∞" : value.magnitude.text(digits: digits)
    return value < 0 && hasSign(text) ? "−" + text : text
  }

  /// With a plus or a minus, and neither before what rounds to zero.
  static func signed(_ value: Double, digits: Int) -> String {
    let text = value.magnitude == .infinity ? "∞" : value.magnitude.text(digits: digits)
    return hasSign(text) ? (value < 0 ? "−" : "+") + text : text
  }

  static func interval(_ interval: ConfidenceInterval, digits: Int, isSigned: Bool = false)
    -> String
  {
    let bounds = [interval.lower, interval.upper].map {
      isSigned ? signed($0, digits: digits) : plain($0, digits: digits)
    }
    return "[\(bounds.joined(separator: ", "))]"
  }

  /// `2.1` or `1.9–2.1`.
  static func range(_ values: [Double], digits: Int) -> String {
    guard let least = values.min(), let most = values.max() else { return "–" }
    let (low, high) = (least.text(digits: digits), most.text(digits: digits))
    return low == high ? low : "\(low)–\(high)"
  }

  static func count(_ number: Int, _ noun: String, _ plural: String? = nil) -> String {
    "\(number) \(number == 1 ? noun : plural ?? noun + "s")"
  }

  /// `a`, `a and b`, `a, b and c`.
  static func list(_ items: [String]) -> String {
    guard items.count > 1 else { return items.first ?? "" }
    return items.dropLast().joined(separator: ", ") + " and " + items[items.count - 1]
  }

  private static func hasSign(_ text: String) -> Bool {
    text.contains { "123456789∞".contains($0) }
  }
}
