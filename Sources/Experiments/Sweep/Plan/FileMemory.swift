import Foundation

/// What was found out about files, kept in the run's folder and believed as long as a file's size and time of
/// change stay the same, so that going on with a sweep need not read all data anew.
struct FileMemory<Value: Codable & Equatable & Sendable> {
  private struct Entry: Codable, Equatable {
    var bytes: Int
    var changed: Double
    var value: Value
  }

  private let path: String
  private var known: [String: Entry]

  /// The memory kept at `path`; empty if there is none or it cannot be read.
  init(path: String) {
    self.path = path
    known =
      FileManager.default.contents(atPath: path).flatMap {
        try? RecordJSON.value([String: Entry].self, from: $0)
      } ?? [:]
  }

  /// What is known of `file` and `isValid`, or else what `find` finds out, which is kept.
  mutating func value<Failure: Error>(
    of file: String, where isValid: (Value) -> Bool = { _ in true },
    find: () throws(Failure) -> Value
  ) throws(Failure) -> Value {
    let attributes = try? FileManager.default.attributesOfItem(atPath: file)
    guard let bytes = attributes?[.size] as? Int, let date = attributes?[.modificationDate] as? Date
    else { return try find() }
    let changed = date.timeIntervalSince1970
    if let entry = known[file], entry.bytes == bytes, entry.changed == changed, isValid(entry.value)
    {
      return entry.value
    }
    let value = try find()
    known[file] = Entry(bytes: bytes, changed: changed, value: value)
    return value
  }

  /// Keeps the memory; that it cannot be kept costs time only.
  func save() {
    if let text = try? RecordJSON.text(known) { try? writeText(text, to: path) }
  }
}
