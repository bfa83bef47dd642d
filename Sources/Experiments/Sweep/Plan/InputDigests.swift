import Foundation

/// Checksums of input files, remembered in the run's folder as long as a file's size and time of
/// change stay the same, so that going on with a sweep need not read all data anew.
struct InputDigests {
  private struct Entry: Codable, Equatable {
    var bytes: Int
    var changed: Double
    var sha256: String
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

  /// The checksum of `file`; throws `ExperimentError` if it cannot be read.
  mutating func sha256(of file: String) throws -> String {
    let attributes = try? FileManager.default.attributesOfItem(atPath: file)
    guard let bytes = attributes?[.size] as? Int, let date = attributes?[.modificationDate] as? Date
    else { return try FileDigest.sha256(ofFile: file) }
    let changed = date.timeIntervalSince1970
    if let entry = known[file], entry.bytes == bytes, entry.changed == changed {
      return entry.sha256
    }
    let digest = try FileDigest.sha256(ofFile: file)
    known[file] = Entry(bytes: bytes, changed: changed, sha256: digest)
    return digest
  }

  /// Keeps the memory; that it cannot be kept costs time only.
  func save() {
    if let text = try? RecordJSON.text(known) { try? writeText(text, to: path) }
  }
}
