import Evaluation
import Foundation

extension ReaderAnalysis {
  /// `reader-results.md`: the same figures for people.
  public var markdown: String {
    let counts = shown
    let readers = scores.readers.count
    var text = """
      # Results of the reader study

      **Research use only; not for diagnosis.**

      \(Self.count(counts.images, "image")) of \(Self.count(counts.cases, "case")) from \
      \(Self.count(counts.patients, "patient")), \
      \(Self.count(scores.key.images.count - counts.images, "image")) shown twice, \
      \(Self.count(readers, "reader")), \
      \(Self.count(missing.reduce(0) { $0 + $1.missing }, "missing score")). Scores run from 1 to 4, \
      4 is the best. Intervals: \(Self.percent(settings.confidence)), bootstrap over patients, \
      \(settings.resamples) resamples.


      """
    for criterion in ReadingCriterion.allCases {
      text += "## \(criterion.title)\n\n"
      text += meansTable(criterion) + ranksTable(criterion) + comparisonsTable(criterion)
      text += agreementText(criterion)
    }
    text += "## Caveats\n\n" + caveats.map { "- \(Markdown.escaped($0))\n" }.joined()
    let comments = scores.readers.flatMap { reader in
      reader.comments.sorted { $0.key < $1.key }.map { (reader.number, $0.key, $0.value) }
    }
    if !comments.isEmpty {
      let images = Dictionary(uniqueKeysWithValues: scores.key.images.map { ($0.number, $0) })
      let rows = comments.map { reader, number, comment in
        let image = images[number]
        return [
          "\(reader)", "\(number)", image.map { "\($0.scan), slice \($0.slice)" } ?? "",
          image?.method ?? "", image?.sampling.map { words(Condition($0)) } ?? "", comment,
        ]
      }
      text += "\n## Comments of the readers\n\n"
      text += Self.table(["Reader", "Image", "Case", "Method", "Sampling", "Comment"], rows)
    }
    return text
  }

  private func meansTable(_ criterion: ReadingCriterion) -> String {
    let rows = means.filter { $0.criterion == criterion }.map { score in
      [
        score.condition.map(words) ?? "all lines", score.method,
        Self.figure(score.mean, score.interval, digits: 2), "\(score.cases)", "\(score.scores)",
        "\(score.missing)",
      ]
    }
    return Self.table(
      ["Sampling", "Method", "Mean score [interval]", "Cases", "Scores", "Missing"], rows)
  }

  private func ranksTable(_ criterion: ReadingCriterion) -> String {
    let found = rankings.filter { $0.criterion == criterion }
    let rows = found.flatMap { ranking -> [[String]] in
      guard let ranks = ranking.ranks else { return [] }
      let p = ranking.friedman.map { Self.p($0.pValue) } ?? "–"
      return ranking.methods.enumerated().map { index, method in
        [
          words(ranking.condition), method,
          Self.figure(ranks.means[index], ranks.intervals?[index].interval, digits: 2),
          "\(ranks.readings)", "\(ranks.incompleteReadings)", p,
        ]
      }
    }
    guard !rows.isEmpty else { return "No reading scored every method: no ranks.\n\n" }
    return Self.table(
      [
        "Sampling", "Method", "Mean rank [interval]", "Readings", "Incomplete",
        "Friedman p",
      ], rows)
  }

  private func comparisonsTable(_ criterion: ReadingCriterion) -> String {
    let rows = comparisons.filter { $0.criterion == criterion }.map { comparison in
      [
        words(comparison.condition), comparison.method,
        Self.figure(
          comparison.test?.difference.estimate, comparison.test?.difference.interval, digits: 2),
        "\(comparison.patients)", comparison.verdict,
      ]
    }
    guard let baseline, !rows.isEmpty else { return "" }
    return Self.table(
      ["Sampling", "Method", "Difference from \(baseline) [interval]", "Patients", "Verdict"], rows)
  }

  private func agreementText(_ criterion: ReadingCriterion) -> String {
    agreements.filter { $0.criterion == criterion }.map { agreement in
      var lines: [String] = []
      if let kappa = agreement.kappa {
        lines.append(
          "Readers with each other: weighted kappa (quadratic) \(kappa.mean.text(digits: 2)), from "
            + "\(kappa.minimum.text(digits: 2)) to \(kappa.maximum.text(digits: 2)) over "
            + "\(Self.count(kappa.pairs, "pair")) of readers.")
      } else if scores.readers.count > 1 {
        lines.append("Readers with each other: kappa has no value (all scores are alike).")
      }
      if let correlation = agreement.correlation {
        lines.append(
          "ICC(2,1) \(Self.figure(correlation.single, correlation.singleInterval, digits: 2)), "
            + "ICC(2,k) \(Self.figure(correlation.average, correlation.averageInterval, digits: 2)), "
            + "\(Self.count(correlation.cases, "image")).")
      }
      for intra in agreement.intra where intra.pairs > 0 {
        lines.append(
          "Reader \(intra.reader) with themselves: kappa \(intra.kappa?.text(digits: 2) ?? "without a value"), "
            + "\(intra.equal) of \(Self.count(intra.pairs, "pair")) scored alike.")
      }
      return lines.map { "- \($0)\n" }.joined() + (lines.isEmpty ? "" : "\n")
    }.joined()
  }

  private static func figure(
    _ value: Double?, _ interval: ConfidenceInterval?, digits: Int
  ) -> String {
    guard let value else { return "–" }
    return value.text(digits: digits) + (interval.map { " \($0.text(digits: digits))" } ?? "")
  }

  private static func p(_ value: Double) -> String {
    value < 0.001 ? "< 0.001" : value.text(digits: 3)
  }

  private static func count(_ number: Int, _ noun: String) -> String {
    "\(number) \(noun)\(number == 1 ? "" : "s")"
  }

  private static func table(_ titles: [String], _ rows: [[String]]) -> String {
    let lines = [titles, titles.map { _ in "---" }] + rows.map { $0.map(Markdown.escaped) }
    return lines.map { "| \($0.joined(separator: " | ")) |\n" }.joined() + "\n"
  }
}
