public import Arrays

/// What there is to show of a training run at some step.
public struct TrainingSnapshot: Sendable {
  public let history: TrainingHistory
  public let facts: [(name: String, value: String)]
  /// Sentences on what went wrong or was left out.
  public let remarks: [String]
  /// The recipe as a YAML file.
  public let recipe: String
  /// Held-out images: what the encoder sees, what should be drawn, what is drawn, `[rows, columns]`.
  public let pairs: [(input: RealArray, target: RealArray, drawn: RealArray)]
  /// Images of random deviations, `[rows, columns]`.
  public let samples: [RealArray]
  /// The value that pictures show white.
  public let white: Float
}
