import Foundation

/// A setting of any kind as it stands in a record: JSON as a value.
public enum RecordedValue: Sendable, Equatable, Codable {
  case flag(Bool)
  case number(Double)
  case text(String)
  case list([RecordedValue])
  case object([String: RecordedValue])

  /// The JSON form of `value`, with keys in snake case as everywhere in records.
  ///
  /// Throws what `value` throws when it is encoded.
  init(_ value: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    self = try JSONDecoder().decode(RecordedValue.self, from: try encoder.encode(value))
  }

  /// The value of a type that was encoded into this form; numbers are rounded to those of the type.
  ///
  /// Throws a sentence if it is not of that form.
  func decoded<Value: Decodable>(as type: Value.Type) throws -> Value {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    do {
      return try decoder.decode(type, from: try JSONEncoder().encode(self))
    } catch let error as DecodingError {
      throw ExperimentError(error.sentence)
    }
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let flag = try? container.decode(Bool.self) {
      self = .flag(flag)
    } else if let number = try? container.decode(Double.self) {
      self = .number(number)
    } else if let text = try? container.decode(String.self) {
      self = .text(text)
    } else if let list = try? container.decode([RecordedValue].self) {
      self = .list(list)
    } else {
      self = .object(try container.decode([String: RecordedValue].self))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .flag(let flag): try container.encode(flag)
    case .number(let number): try container.encode(number)
    case .text(let text): try container.encode(text)
    case .list(let list): try container.encode(list)
    case .object(let object): try container.encode(object)
    }
  }
}

extension DecodingError {
  /// What is wrong and where.
  fileprivate var sentence: String {
    func place(_ path: [any CodingKey]) -> String {
      path.isEmpty ? "the settings" : "'\(path.map(\.stringValue).joined(separator: "."))'"
    }
    switch self {
    case .typeMismatch(_, let context), .dataCorrupted(let context):
      return "\(place(context.codingPath)) has a value that it cannot have"
    case .valueNotFound(_, let context): return "\(place(context.codingPath)) has no value"
    case .keyNotFound(let key, _): return "'\(key.stringValue)' is missing"
    @unknown default: return "a value cannot be read"
    }
  }
}
