public import Evaluation

extension ReaderAnalysis {
  /// `reader-results.csv`: a row per criterion and figure.
  ///
  /// | statistic | the figure |
  /// |---|---|
  /// | `mean_score` | mean over patients |
  /// | `mean_rank` | mean rank among the methods of a condition, 1 the best |
  /// | `friedman` | χ² with its p value |
  /// | `kappa_mean`, `kappa_min`, `kappa_max` | weighted kappa over the pairs of readers |
  /// | `kappa_intra`, `equal_intra` | a reader with themselves: kappa, share of equal scores |
  /// | `icc_single`, `icc_average` | ICC(2,1), ICC(2,k) |
  /// | `difference` | method − baseline, with the verdict at the margin |
  public var data: CSVWriter {
    var table = CSVWriter(columns: [
      "criterion", "statistic", "method", "mask", "acceleration", "center_fraction", "baseline",
      "margin", "reader", "estimate", "ci_lower", "ci_upper", "confidence", "p", "patients",
      "cases", "count", "missing", "verdict", "statement",
    ])
    for row in rows {
      table.append([
        .text(row.criterion.rawValue), .text(row.statistic), .text(row.method),
        .text(row.condition?.mask ?? ""), Self.figure(row.condition?.acceleration),
        Self.figure(row.condition?.centerFraction), .text(row.baseline), Self.figure(row.margin),
        Self.count(row.reader), Self.figure(row.estimate), Self.figure(row.interval?.lower),
        Self.figure(row.interval?.upper), Self.figure(row.interval?.confidence),
        Self.figure(row.p), Self.count(row.patients), Self.count(row.cases), Self.count(row.count),
        Self.count(row.missing), .text(row.verdict),
        .text("research use only; not for diagnosis"),
      ])
    }
    return table
  }

  private static func figure(_ value: Double?) -> CSVField {
    guard let value, !value.isNaN else { return .empty }
    return .number(value)
  }

  private static func count(_ value: Int?) -> CSVField { value.map(CSVField.integer) ?? .empty }

  /// One figure with what it is of.
  private struct Row {
    var criterion: ReadingCriterion
    var statistic: String
    var method = ""
    var condition: Condition?
    var baseline = ""
    var margin: Double?
    var reader: Int?
    var estimate: Double?
    var interval: ConfidenceInterval?
    var p: Double?
    var patients: Int?
    var cases: Int?
    /// Scores, readings, images or pairs.
    var count: Int?
    var missing: Int?
    var verdict = ""
  }

  private var rows: [Row] {
    ReadingCriterion.allCases.flatMap { criterion in
      meanRows(criterion) + rankRows(criterion) + agreementRows(criterion)
        + comparisonRows(criterion)
    }
  }

  private func meanRows(_ criterion: ReadingCriterion) -> [Row] {
    means.filter { $0.criterion == criterion }.map { score in
      Row(
        criterion: criterion, statistic: "mean_score", method: score.method,
        condition: score.condition, estimate: score.mean, interval: score.interval,
        patients: score.patients, cases: score.cases, count: score.scores, missing: score.missing)
    }
  }

  private func rankRows(_ criterion: ReadingCriterion) -> [Row] {
    rankings.filter { $0.criterion == criterion }.flatMap { ranking -> [Row] in
      guard let ranks = ranking.ranks else { return [] }
      var rows = ranking.methods.enumerated().map { index, method in
        Row(
          criterion: criterion, statistic: "mean_rank", method: method,
          condition: ranking.condition, estimate: ranks.means[index],
          interval: ranks.intervals?[index].interval, patients: ranks.cases, count: ranks.readings,
          missing: ranks.incompleteReadings)
      }
      if let test = ranking.friedman {
        rows.append(
          Row(
            criterion: criterion, statistic: "friedman", condition: ranking.condition,
            estimate: test.statistic, p: test.pValue, patients: test.blocks))
      }
      return rows
    }
  }

  private func agreementRows(_ criterion: ReadingCriterion) -> [Row] {
    agreements.filter { $0.criterion == criterion }.flatMap { agreement -> [Row] in
      var rows: [Row] = []
      if let kappa = agreement.kappa {
        let values = [
          ("kappa_mean", kappa.mean), ("kappa_min", kappa.minimum), ("kappa_max", kappa.maximum),
        ]
        rows += values.map { name, value in
          Row(
            criterion: criterion, statistic: name, estimate: value, count: kappa.pairs,
            missing: kappa.pairsWithoutValue)
        }
      }
      if let correlation = agreement.correlation {
        rows += [
          Row(
            criterion: criterion, statistic: "icc_single", estimate: correlation.single,
            interval: correlation.singleInterval, count: correlation.cases),
          Row(
            criterion: criterion, statistic: "icc_average", estimate: correlation.average,
            interval: correlation.averageInterval, count: correlation.cases),
        ]
      }
      for intra in agreement.intra where intra.pairs > 0 {
        rows += [
          Row(
            criterion: criterion, statistic: "kappa_intra", reader: intra.reader,
            estimate: intra.kappa, count: intra.pairs),
          Row(
            criterion: criterion, statistic: "equal_intra", reader: intra.reader,
            estimate: Double(intra.equal) / Double(intra.pairs), count: intra.pairs),
        ]
      }
      return rows
    }
  }

  private func comparisonRows(_ criterion: ReadingCriterion) -> [Row] {
    comparisons.filter { $0.criterion == criterion }.map { comparison in
      Row(
        criterion: criterion, statistic: "difference", method: comparison.method,
        condition: comparison.condition, baseline: comparison.baseline, margin: settings.margin,
        estimate: comparison.test?.difference.estimate,
        interval: comparison.test?.difference.interval, patients: comparison.patients,
        cases: comparison.cases, count: comparison.pairs, verdict: comparison.verdict)
    }
  }
}
