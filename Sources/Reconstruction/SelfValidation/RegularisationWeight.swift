/// What sets the weight λ between the measurements and what is asked of the image.
///
/// In settings and protocols: a number, `auto` or `discrepancy`.
public enum RegularisationWeight: Sendable, Equatable {
  /// This number.
  case fixed(Float)
  /// The weight that best predicts sampled columns that are held out, by `WeightSearch`.
  case heldOut
  /// The weight whose image misses the measurements by as much as the noise does, by
  /// `DiscrepancySearch`.
  case discrepancy

  /// The words that stand for weights chosen from the data, in settings and protocols.
  public static let words = Word.allCases.map(\.rawValue)

  /// The weight that a text means: a number or a word; nil for anything else.
  public init?(text: String) {
    if let word = Word(rawValue: text) {
      self.init(word)
    } else if let number = Float(text), number.isFinite, number >= 0 {
      self = .fixed(number)
    } else {
      return nil
    }
  }

  /// The number, where it is one.
  public var number: Float? {
    if case .fixed(let number) = self { number } else { nil }
  }
}

extension RegularisationWeight: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral {
  public init(floatLiteral value: Float) { self = .fixed(value) }
  public init(integerLiteral value: Int) { self = .fixed(Float(value)) }
}

extension RegularisationWeight: Codable {
  private enum Word: String, Codable, CaseIterable {
    case auto
    case discrepancy
  }

  private init(_ word: Word) {
    self =
      switch word {
      case .auto: .heldOut
      case .discrepancy: .discrepancy
      }
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let number = try? container.decode(Float.self) {
      self = .fixed(number)
      return
    }
    self.init(try container.decode(Word.self))
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .fixed(let number): try container.encode(number)
    case .heldOut: try container.encode(Word.auto)
    case .discrepancy: try container.encode(Word.discrepancy)
    }
  }
}
