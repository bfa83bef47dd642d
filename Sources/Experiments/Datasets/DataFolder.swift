import Foundation

/// The folder in which the files of a data set lie.
///
/// In this order: the folder that the user gives, the environment variable `MRI_ILO_DATA`, and the
/// folder of the manifest itself.
public struct DataFolder: Sendable {
  /// The environment variable that may name the folder.
  public static let variable = "MRI_ILO_DATA"

  /// The folder's path.
  public let path: String

  /// The data folder of a manifest; throws `ExperimentError` if the folder that was named is none.
  public init(
    option: String?, manifest: DatasetManifest, environment: [String: String]
  ) throws(ExperimentError) {
    let named: (path: String, by: String)
    if let option {
      named = (option, "--data")
    } else if let path = environment[Self.variable], !path.isEmpty {
      named = (path, "the environment variable \(Self.variable)")
    } else {
      let folder = (manifest.file as NSString).deletingLastPathComponent
      named = (folder.isEmpty ? "." : folder, "the manifest's own place")
    }
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: named.path, isDirectory: &isFolder),
      isFolder.boolValue
    else {
      throw ExperimentError(
        "\(named.path): there is no such data folder (named by \(named.by)); check the path")
    }
    path = named.path
  }

  /// The data folder of a manifest in the environment of the running program.
  public init(option: String?, manifest: DatasetManifest) throws(ExperimentError) {
    try self.init(
      option: option, manifest: manifest, environment: ProcessInfo.processInfo.environment)
  }

  /// The path of an entry's file, whether it is there or not.
  public func path(of entry: DatasetManifest.Entry) -> String { path(of: entry as any DatasetFile) }

  /// The path of a file of any kind.
  public func path(of file: any DatasetFile) -> String {
    (path as NSString).appendingPathComponent(file.path)
  }
}
