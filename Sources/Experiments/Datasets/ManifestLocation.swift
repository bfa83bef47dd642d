import Foundation

/// The manifests that come with the program.
///
/// They lie in `../share/mri-ilo/datasets` where the program is installed and in `datasets` of the
/// package that it was built in.
public struct ManifestLocation: Sendable {
  /// The folders to look in, best first.
  public let folders: [String]

  /// The location for a program at `executable`.
  public init(executable: String) {
    folders = InstalledFiles.folders(
      shared: "datasets", packaged: "datasets", executable: executable)
  }

  /// The location for the running program.
  public init() { self.init(executable: InstalledFiles.runningProgram) }

  /// The manifests of the first folder that holds any, by name; throws `ExperimentError` that names
  /// the places looked at if there are none, or the line of one that cannot be read.
  public func manifests() throws(ExperimentError) -> [DatasetManifest] {
    for folder in folders {
      let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
      var manifests: [DatasetManifest] = []
      for name in names.filter({ $0.hasSuffix(".yaml") && !$0.hasPrefix(".") }).sorted() {
        manifests.append(try DatasetManifest(contentsOf: "\(folder)/\(name)"))
      }
      if !manifests.isEmpty { return manifests }
    }
    throw ExperimentError(
      "there are no manifests at \(folders.joined(separator: " or ")); "
        + "install the program with 'make install'")
  }

  /// The manifest that the user means: a file, or one of the program's by its name.
  public func manifest(_ text: String) throws(ExperimentError) -> DatasetManifest {
    if FileManager.default.fileExists(atPath: text) || text.contains("/") {
      return try DatasetManifest(contentsOf: text)
    }
    let name = text.hasSuffix(".yaml") ? text : text + ".yaml"
    for folder in folders where FileManager.default.fileExists(atPath: "\(folder)/\(name)") {
      return try DatasetManifest(contentsOf: "\(folder)/\(name)")
    }
    throw ExperimentError(
      "\(text): there is no such file, and no manifest of this name comes with the program; "
        + "'mri-ilo dataset list' shows those that do")
  }
}
