/// What the checks of ILO's theory came to.
public struct TheoryResult: Sendable, Equatable, Codable {
  public var settings: TheorySettings
  /// The generator, in words.
  public var generator: String
  /// Latents before the cut, features at it, pixels of an image.
  public var latents: Int
  public var features: Int
  public var pixels: Int
  /// The radius of the balls in which isometry is measured: the mean of the true deviations'.
  public var radius: Double
  public var projection: [ProjectionCheck.Row]
  public var maurey: [MaureyCheck.Row]
  public var recovery: [RadiusCheck.Row]
  public var isometry: [IsometryCheck.Row]
  public var continuity: [ContinuityCheck.Row]
  public var seconds: Double

  /// What one check says.
  public struct Verdict: Sendable, Equatable {
    public enum Outcome: String, Sendable {
      /// What the theory says was met.
      case holds
      /// It was met in part, or there is nothing to hold it against.
      case partly
      case fails
    }

    /// What was checked.
    public let title: String
    public let outcome: Outcome
    /// What was found, in a sentence or two.
    public let words: String

    init(_ title: String, _ outcome: Outcome, _ words: String) {
      (self.title, self.outcome, self.words) = (title, outcome, words)
    }
  }

  /// The mean over the images of a figure of the recoveries, for one number of measurements and radius.
  public func mean(
    _ figure: (RadiusCheck.Row) -> Double?, measurements: Int, factor: Double?
  ) -> Double? {
    let values = recovery.filter { $0.measurements == measurements && $0.radiusFactor == factor }
      .compactMap(figure)
    return values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
  }

  /// The numbers of measurements of the recoveries, ascending.
  public var measurements: [Int] { Array(Set(recovery.map(\.measurements))).sorted() }

  /// For each number of measurements the radius, over the true one, of the least mean error; nil for no ball.
  public var bestFactors: [(measurements: Int, factor: Double?, error: Double)] {
    measurements.compactMap { count in
      let candidates = (settings.radii.map { $0 as Double? } + [nil]).compactMap { factor in
        mean(\.error, measurements: count, factor: factor).map { (factor, $0) }
      }
      return candidates.min { $0.1 < $1.1 }.map { (count, $0.0, $0.1) }
    }
  }
}
