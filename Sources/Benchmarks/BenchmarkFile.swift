public import Foundation

/// A benchmark's results as JSON, keys in snake case and in alphabetic order.
public enum BenchmarkFile {
  /// The table of one's own speed.
  public struct SpeedTable: Codable, Equatable, Sendable {
    public let machine: Machine
    public let pieces: [SpeedResult]

    public init(machine: Machine, pieces: [SpeedResult]) {
      self.machine = machine
      self.pieces = pieces
    }
  }

  /// The text; throws what the encoder throws.
  public static func text(_ value: some Encodable) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    encoder.keyEncodingStrategy = .convertToSnakeCase
    return try encoder.encode(value) + Data("\n".utf8)
  }

  /// Writes a file that appears whole or not at all; throws `BenchmarkError`.
  public static func write(_ value: some Encodable, to path: String) throws {
    let data = try text(value)
    do {
      try data.write(to: URL(fileURLWithPath: path), options: .atomic)
    } catch {
      throw BenchmarkError(
        "\(path): the results cannot be written; check that the folder exists and is writable")
    }
  }
}
