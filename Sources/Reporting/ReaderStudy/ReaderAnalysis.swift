import Arrays
public import Evaluation
import Experiments

/// What the scores of a reader study say.
///
/// Means, ranks and differences are averaged over readers and cases of each patient first, then over
/// the patients, and their intervals resample whole patients: where every case is another patient,
/// as the study is drawn wherever the run has enough, these are the cases. Images that repeat others
/// serve the agreement of each reader with themselves and nothing else.
public struct ReaderAnalysis: Sendable {
  /// A mask but for its seed.
  public struct Condition: Sendable, Hashable {
    public let mask: String
    public let acceleration: Double
    public let centerFraction: Double
  }

  /// The mean score of a method under one condition.
  public struct MeanScore: Sendable {
    public let criterion: ReadingCriterion
    public let method: String
    /// Nil for the reference.
    public let condition: Condition?
    /// The mean over the patients; nil without scores.
    public let mean: Double?
    public let interval: ConfidenceInterval?
    public let patients, cases, scores, missing: Int
  }

  /// How the methods of one condition are ranked.
  public struct Ranking: Sendable {
    public let criterion: ReadingCriterion
    public let condition: Condition
    public let methods: [String]
    /// Nil without a reading that scored every method.
    public let ranks: MeanRanks?
    /// Nil for fewer than three methods or two patients.
    public let friedman: FriedmanTest?
  }

  /// How far readers agree.
  public struct Agreement: Sendable {
    /// A reader with themselves.
    public struct Intra: Sendable {
      public let reader: Int
      /// The repeated images that the reader scored both times.
      public let pairs: Int
      /// Those with the same score both times.
      public let equal: Int
      /// Nil where it has no value.
      public let kappa: Double?
    }

    public let criterion: ReadingCriterion
    /// The images that at least two readers scored.
    public let images: Int
    /// Quadratic weights; nil where no pair of readers has a value.
    public let kappa: PairwiseKappa?
    public let correlation: IntraclassCorrelation?
    public let intra: [Intra]
  }

  /// A method against the baseline.
  public struct Comparison: Sendable {
    public let criterion: ReadingCriterion
    public let method: String
    public let condition: Condition
    public let baseline: String
    public let patients, cases, pairs: Int
    /// Nil for fewer than two patients.
    public let test: NonInferiority?
  }

  public let settings: ReaderAnalysisSettings
  public let scores: ReaderScores
  public let conditions: [Condition]
  /// In alphabetic order, the reference last: the key says nothing of the protocol's order.
  public let methods: [String]
  /// The label of the baseline in use.
  public let baseline: String?
  public let means: [MeanScore]
  public let rankings: [Ranking]
  public let agreements: [Agreement]
  public let comparisons: [Comparison]

  /// Sums up `scores`.
  ///
  /// Throws `ExperimentError` for a baseline that was not shown and where nothing was scored.
  public init(_ scores: ReaderScores, settings: ReaderAnalysisSettings) throws {
    let data = ReadingData(scores)
    guard data.given > 0 else {
      throw ExperimentError(
        "the sheets of the reader study hold no scores; if the workbooks were filled, save them as "
          + "CSV under the names of the sheets")
    }
    let shown = data.methods
    baseline =
      settings.baseline
      ?? (shown.contains(ReaderStudyImage.reference) ? ReaderStudyImage.reference : nil)
    if let baseline, !shown.contains(baseline) {
      throw ExperimentError(
        "--baseline \(baseline): the study shows \(shown.joined(separator: ", "))")
    }
    self.settings = settings
    self.scores = scores
    (conditions, methods) = (data.conditions, shown)
    let summary = ReadingSummary(data: data, settings: settings)
    means = ReadingCriterion.allCases.flatMap(summary.means)
    rankings = ReadingCriterion.allCases.flatMap(summary.rankings)
    agreements = ReadingCriterion.allCases.map(summary.agreement)
    let compared = baseline
    comparisons = ReadingCriterion.allCases.flatMap { criterion in
      compared.map { summary.comparisons(criterion, with: $0) } ?? []
    }
  }

  /// The patients, cases and images without repeats that were shown.
  public var shown: (patients: Int, cases: Int, images: Int) {
    let images = scores.key.images.filter { $0.repeats == nil }
    return (Set(images.map(\.patient)).count, Set(images.map(\.caseNumber)).count, images.count)
  }

  /// The scores that each reader left out, of all that the sheets ask for, repeats included.
  public var missing: [(reader: Int, missing: Int, asked: Int)] {
    let asked = scores.key.images.count * ReadingCriterion.allCases.count
    return scores.readers.map { reader in
      (reader.number, asked - reader.scores.values.reduce(0) { $0 + $1.count }, asked)
    }
  }
}
