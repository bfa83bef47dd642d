import Foundation

extension DatasetManifest {
  /// Writes the manifest to `file`, which appears under its name only when it is complete.
  ///
  /// An existing file is replaced only if `replacing`. Throws `ExperimentError` if it is not to be
  /// replaced or cannot be written.
  public func write(replacing: Bool) throws {
    try Self.checkRoom(at: file, replacing: replacing)
    let data = Data(try text.utf8)
    do {
      try data.write(to: URL(fileURLWithPath: file), options: .atomic)
    } catch {
      throw ExperimentError(
        "\(file): cannot be written; check that its folder is there, may be written and has room")
    }
  }

  /// Throws `ExperimentError` if a file at `path` would be replaced unasked.
  public static func checkRoom(at path: String, replacing: Bool) throws(ExperimentError) {
    if !replacing, FileManager.default.fileExists(atPath: path) {
      throw ExperimentError(
        "\(path): is there already; give --replace to write it anew, or another place with -o")
    }
  }

  /// Whether `text` can be a name in a manifest.
  public static func isName(_ text: String) -> Bool { text.isYAMLWord }
}
