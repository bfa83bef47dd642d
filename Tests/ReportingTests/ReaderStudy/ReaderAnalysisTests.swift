import Evaluation
import Experiments
import Foundation
import TestSupport
import Testing

@testable import Reporting

/// What filled sheets give, where the answer is known.
struct ReaderAnalysisTests {
  /// A study of `cases` patients with three methods at 4x, and `repeats` images shown twice.
  private static func key(cases: Int, repeats: Int = 0, reference: Bool = false) -> ReaderStudyKey {
    var images: [ReaderStudyImage] = []
    for number in 1...cases {
      for (index, method) in ["a", "b", "c"].enumerated() {
        images.append(
          ReaderStudyImage(
            number: 100 + 4 * number + index, caseNumber: number, scan: "s\(number)",
            patient: "p\(number)", slice: 0, method: method,
            sampling: .init(mask: "random", acceleration: 4, centerFraction: 0.08, seed: "1"),
            job: "j"))
      }
      if reference {
        images.append(
          ReaderStudyImage(
            number: 103 + 4 * number, caseNumber: number, scan: "s\(number)",
            patient: "p\(number)", slice: 0, method: "reference", sampling: nil, job: ""))
      }
    }
    for index in 0..<repeats {
      var copy = images[index]
      copy.repeats = copy.number
      copy.number = 900 + index
      images.append(copy)
    }
    return ReaderStudyKey(images: images)
  }

  /// Sheets in which reader `reader` gives `score(reader, image)` for every criterion.
  private static func scores(
    _ key: ReaderStudyKey, readers: Int, _ score: (Int, ReaderStudyImage) -> Int?
  ) -> ReaderScores {
    ReaderScores(
      key: key,
      readers: (1...readers).map { reader in
        var found: [Int: [ReadingCriterion: Int]] = [:]
        for image in key.images {
          for criterion in ReadingCriterion.allCases {
            found[image.number, default: [:]][criterion] = score(reader, image)
          }
        }
        return .init(number: reader, scores: found, comments: [:])
      })
  }

  private static func settings(_ baseline: String? = nil) -> ReaderAnalysisSettings {
    var settings = ReaderAnalysisSettings()
    (settings.baseline, settings.resamples) = (baseline, 500)
    return settings
  }

  @Test func fullAgreementIsOne() throws {
    let key = Self.key(cases: 6, repeats: 4)
    let scores = Self.scores(key, readers: 3) { _, image in
      1 + (image.caseNumber + (image.method == "a" ? 1 : 0)) % 4
    }
    let analysis = try ReaderAnalysis(scores, settings: Self.settings("b"))
    for agreement in analysis.agreements {
      #expect(agreement.kappa?.mean == 1 && agreement.kappa?.minimum == 1)
      #expect(agreement.kappa?.pairs == 3)
      #expect(abs((agreement.correlation?.single ?? 0) - 1) < 1e-12)
      #expect(agreement.images == 18)
      #expect(agreement.intra.map(\.equal) == [4, 4, 4])
      #expect(agreement.intra.allSatisfy { $0.pairs == 4 && $0.kappa == 1 })
    }
  }

  @Test func aReaderWhoIsShiftedLowersAgreementButNotRanks() throws {
    let key = Self.key(cases: 8)
    let scores = Self.scores(key, readers: 2) { reader, image in
      1 + (image.caseNumber + ["a": 0, "b": 1, "c": 2][image.method, default: 0]) % 3
        + (reader == 2 ? 1 : 0)
    }
    let analysis = try ReaderAnalysis(scores, settings: Self.settings("b"))
    let agreement = try #require(analysis.agreements.first)
    // Of 24 images each score of 3 comes 8 times: the mean squared distance of all pairs is 4/3 + 1.
    #expect(abs((agreement.kappa?.mean ?? 0) - (1 - 1 / (4.0 / 3 + 1))) < 1e-12)
    #expect((agreement.correlation?.single ?? 1) < 0.8)
    let alone = try ReaderAnalysis(
      ReaderScores(key: key, readers: Array(scores.readers.prefix(1))),
      settings: Self.settings("b"))
    #expect(analysis.rankings.map(\.ranks?.means) == alone.rankings.map(\.ranks?.means))
    #expect(analysis.means[0].mean == (alone.means[0].mean ?? 0) + 0.5)
  }

  @Test func theBetterMethodIsFoundAndTheWorse() throws {
    let key = Self.key(cases: 10)
    let scores = Self.scores(key, readers: 3) { reader, image in
      let base = 2 + (image.caseNumber + reader) % 2
      return ["a": base + 1, "b": base, "c": base - 1][image.method]
    }
    let analysis = try ReaderAnalysis(scores, settings: Self.settings("b"))
    let found = analysis.comparisons.filter { $0.criterion == .overall }
    #expect(found.map(\.method) == ["a", "c"])
    #expect(found.map { $0.test?.difference.estimate } == [1, -1])
    #expect(found[0].test?.verdict == .nonInferior && found[0].verdict.contains("better"))
    #expect(found[1].test?.verdict == .inferior)
    #expect(found[1].verdict == "worse than b by more than 0.5 points")
    let ranking = try #require(analysis.rankings.first { $0.criterion == .overall })
    #expect(ranking.ranks?.means == [1, 2, 3])
    // Of 10 blocks that agree fully: χ² = 10·(3 − 1).
    #expect(abs((ranking.friedman?.statistic ?? 0) - 20) < 1e-9)
  }

  @Test func theReferenceIsTheBaselineWhereItWasShown() throws {
    let scores = Self.scores(Self.key(cases: 5, reference: true), readers: 2) { _, image in
      image.method == "reference" ? 4 : 3
    }
    let analysis = try ReaderAnalysis(scores, settings: Self.settings())
    #expect(analysis.baseline == "reference")
    #expect(analysis.methods == ["a", "b", "c", "reference"])
    #expect(analysis.means.filter { $0.condition == nil }.allSatisfy { $0.mean == 4 })
    #expect(analysis.comparisons.count == 4 * 3)
    #expect(analysis.comparisons.allSatisfy { $0.test?.difference.estimate == -1 })
    #expect(throws: ExperimentError.self) {
      try ReaderAnalysis(scores, settings: Self.settings("nobody"))
    }
  }

  @Test func missingScoresAreLeftOutAndCounted() throws {
    let key = Self.key(cases: 6)
    let scores = Self.scores(key, readers: 2) { reader, image in
      reader == 2 && image.caseNumber == 1 && image.method == "a" ? nil : 2 + image.caseNumber % 2
    }
    let analysis = try ReaderAnalysis(scores, settings: Self.settings("b"))
    #expect(analysis.missing.map(\.missing) == [0, 4])
    let mean = try #require(analysis.means.first { $0.method == "a" })
    #expect((mean.scores, mean.missing, mean.cases) == (11, 1, 6))
    #expect(analysis.rankings[0].ranks?.incompleteReadings == 1)
    #expect(analysis.agreements[0].correlation?.cases == 17)
    #expect(analysis.markdown.contains("reader 2 4 of 72"))
  }

  @Test func patientsAreTheUnit() throws {
    var key = Self.key(cases: 4)
    for index in key.images.indices {
      key.images[index].patient = key.images[index].caseNumber == 4 ? "two" : "one"
    }
    let scores = Self.scores(key, readers: 1) { _, image in image.caseNumber == 4 ? 4 : 1 }
    let analysis = try ReaderAnalysis(scores, settings: Self.settings("b"))
    #expect(analysis.means[0].mean == 2.5)
    #expect((analysis.means[0].patients, analysis.means[0].cases) == (2, 4))
  }

  @Test func resultsAreWrittenAndTheSameEachTime() throws {
    let scratch = try TemporaryFolder()
    let scores = Self.scores(Self.key(cases: 5, repeats: 3), readers: 2) { reader, image in
      1 + (image.number + reader) % 4
    }
    for name in ["one", "two", "one"] {
      try ReaderAnalysis(scores, settings: Self.settings("b")).write(to: scratch.file(name))
    }
    #expect(scratch.names == ["one", "two"])
    for name in ["reader-results.csv", "reader-results.md"] {
      #expect(try scratch.text("one/\(name)") == scratch.text("two/\(name)"))
    }
    let table = try SheetText(contentsOf: scratch.file("one/reader-results.csv"))
    let statistics = Set(table.rows.map { $0.cells[1] })
    #expect(
      statistics == [
        "mean_score", "mean_rank", "friedman", "kappa_mean", "kappa_min", "kappa_max", "icc_single",
        "icc_average", "kappa_intra", "equal_intra", "difference",
      ])
    try scratch.write(Data("x".utf8), "one/notes.txt")
    #expect(throws: ExperimentError.self) {
      try ReaderAnalysis(scores, settings: Self.settings("b")).write(to: scratch.file("one"))
    }
  }
}
