/// How the scores of a reader study are summed up.
public struct ReaderAnalysisSettings: Sendable, Equatable {
  /// The method that the others are compared with; the reference, if it was shown, when nil.
  public var baseline: String?
  /// The greatest loss against the baseline that still counts as none, in points of the scale.
  public var margin = 0.5
  /// The confidence of intervals.
  public var confidence = 0.95
  /// Bootstrap resamples.
  public var resamples = 10_000
  /// The seed of the resampling.
  public var seed: UInt64 = 1

  public init() {}
}
