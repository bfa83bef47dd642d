/// Cohen's weighted kappa: how far two readers agree beyond chance on an ordinal scale.
///
/// κ = 1 − Σ w·observed / Σ w·expected over pairs of scores, with weights by the distance of the
/// two scores. Source: Cohen, Psychological Bulletin 70(4), 1968; the same as scikit-learn's
/// `cohen_kappa_score` if that is given every score of the scale as `labels` (without them it closes
/// the gap that an unused score leaves).
public struct WeightedKappa: Sendable, Equatable {
  /// How much a disagreement by d steps of the scale weighs.
  public enum Weights: String, Sendable, CaseIterable {
    /// |d|.
    case linear
    /// d².
    case quadratic

    fileprivate func weight(_ first: Int, _ second: Int) -> Double {
      let steps = abs(Double(first) - Double(second))
      return self == .linear ? steps : steps * steps
    }
  }

  /// Kappa: 1 for full agreement, 0 for that of chance.
  public let value: Double
  /// The number of cases that both readers scored.
  public let cases: Int

  /// Compares the scores of two readers, case by case; nil is a missing score.
  ///
  /// Cases with a missing score are left out. The result is nil where no case is left or both
  /// readers gave every case one and the same score: chance then agrees fully and kappa is 0/0.
  /// Lists of different length are a programmer's error and stop the program.
  public init?(_ first: [Int?], _ second: [Int?], weights: Weights = .quadratic) {
    guard first.count == second.count else {
      fatalError("\(first.count) and \(second.count) scores do not pair")
    }
    var pairs: [(first: Int, second: Int)] = []
    for case (let one?, let other?) in zip(first, second) { pairs.append((one, other)) }
    guard !pairs.isEmpty else { return nil }
    cases = pairs.count
    var (observed, expected) = (0.0, 0.0)
    for one in pairs {
      observed += weights.weight(one.first, one.second)
      for other in pairs { expected += weights.weight(one.first, other.second) }
    }
    guard expected > 0 else { return nil }
    value = 1 - observed * Double(cases) / expected
  }
}
