import Foundation
import ScanFiles

/// The looks through a sweep's scans, remembered in the run's folder as long as a file's size and time of
/// change stay the same, so that going on with a sweep need not read all data anew.
struct ScanChecks {
  private struct Entry: Codable, Equatable {
    var bytes: Int
    var changed: Double
    var version: String
    var slices: [Int]
    var warnings: [String]
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

  /// What is odd about the `slices` of `file`, a sentence each.
  ///
  /// Throws what `ScanPreflight.run` throws if they cannot be used.
  mutating func warnings(of file: String, slices: [Int]) throws -> [String] {
    let attributes = try? FileManager.default.attributesOfItem(atPath: file)
    let bytes = attributes?[.size] as? Int ?? -1
    let changed = (attributes?[.modificationDate] as? Date)?.timeIntervalSince1970 ?? 0
    if let entry = known[file], entry.bytes == bytes, entry.changed == changed,
      entry.slices == slices, entry.version == ProgramVersion.current
    {
      return entry.warnings
    }
    let warnings = try ScanPreflight.run(
      file, extent: .selected(slices.map(String.init).joined(separator: ",")))
    known[file] = Entry(
      bytes: bytes, changed: changed, version: ProgramVersion.current, slices: slices,
      warnings: warnings)
    return warnings
  }

  /// Keeps the memory; that it cannot be kept costs time only.
  func save() {
    if let text = try? RecordJSON.text(known) { try? writeText(text, to: path) }
  }
}
