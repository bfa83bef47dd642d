import Foundation

/// A value in a file of two lines of JSON: the value, and the SHA-256 of the first line.
///
/// It appears by a rename, so that it is whole or not there; the checksum tells what was damaged
/// afterwards.
enum SealedFile {
  private struct Checksum: Codable { var sha256: String }

  /// Writes the file; throws `ExperimentError`.
  static func write(_ value: some Encodable, to path: String) throws {
    let body = try RecordJSON.text(value, isPretty: false)
    let seal = try RecordJSON.text(
      Checksum(sha256: FileDigest.sha256(of: body)), isPretty: false)
    try writeText(body + seal, to: path)
  }

  /// What was found where a file should be.
  enum Reading<Value> {
    case missing
    case damaged
    case found(Value)
  }

  /// Reads a file; a whole one whose value is of another kind counts as damaged.
  static func read<Value: Decodable>(
    _ path: String, as type: Value.Type = Value.self
  ) -> Reading<Value> {
    guard let data = FileManager.default.contents(atPath: path) else { return .missing }
    let newline = UInt8(ascii: "\n")
    guard let end = data.firstIndex(of: newline),
      let seal = try? RecordJSON.value(Checksum.self, from: data[data.index(after: end)...]),
      seal.sha256 == FileDigest.sha256(of: data[...end]),
      let value = try? RecordJSON.value(Value.self, from: data[..<end])
    else { return .damaged }
    return .found(value)
  }
}
