import Foundation

/// Stand-in until the data sets' branch is merged.
struct DataFolder {
  let folder: String
  init(option: String?, manifest: DatasetManifest) {
    folder = option ?? (manifest.file as NSString).deletingLastPathComponent
  }
  func existing(_ entry: DatasetManifest.Entry, simulatedIn: String) throws -> String {
    "\(folder.isEmpty ? "." : folder)/\(entry.path)"
  }
}
