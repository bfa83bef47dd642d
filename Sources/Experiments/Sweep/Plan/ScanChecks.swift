import ScanFiles

/// The looks through a sweep's scans, remembered in the run's folder.
struct ScanChecks {
  private struct Look: Codable, Equatable, Sendable {
    var version: String
    var slices: [Int]
    var warnings: [String]
  }

  private var memory: FileMemory<Look>

  /// The looks kept at `path`.
  init(path: String) { memory = FileMemory(path: path) }

  /// What is odd about the `slices` of `file`, a sentence each.
  ///
  /// Throws what `ScanPreflight.run` throws if they cannot be used.
  mutating func warnings(of file: String, slices: [Int]) throws -> [String] {
    let version = ProgramVersion.current
    return try memory.value(of: file, where: { $0.slices == slices && $0.version == version }) {
      Look(
        version: version, slices: slices,
        warnings: try ScanPreflight.run(
          file, extent: .selected(slices.map(String.init).joined(separator: ","))))
    }.warnings
  }

  /// Keeps them; that they cannot be kept costs time only.
  func save() { memory.save() }
}
