/// How a method came to one of its weights on one slice, for the record and for those who ask.
public struct WeightChoice: Sendable, Equatable, Codable {
  /// A weight that was tried.
  public struct Candidate: Sendable, Equatable, Codable {
    public var weight: Double
    /// What was to be small; `measure` says what it is.
    public var error: Double

    public init(weight: Double, error: Double) {
      self.weight = weight
      self.error = error
    }
  }

  /// What was chosen, such as `regularisation`.
  public var setting: String
  public var weight: Double
  /// In words: where the weight comes from.
  public var reason: String
  /// In words: what the candidates' errors are; nil where nothing was tried.
  public var measure: String?
  /// All that was tried, by descending weight.
  public var candidates: [Candidate]

  public init(
    setting: String, weight: Double, reason: String, measure: String? = nil,
    candidates: [Candidate] = []
  ) {
    self.setting = setting
    self.weight = weight
    self.reason = reason
    self.measure = measure
    self.candidates = candidates
  }

  /// One that an earlier slice chose.
  static func kept(_ weight: Double, setting: String) -> WeightChoice {
    WeightChoice(setting: setting, weight: weight, reason: "kept from an earlier slice")
  }
}
