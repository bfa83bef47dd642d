import Foundation

/// The protocols that come with the program.
///
/// They lie in `../share/mri-ilo/protocols` where the program is installed and in `protocols` of the
/// package that it was built in.
public struct ProtocolLocation: Sendable {
  /// The folders to look in, best first.
  public let folders: [String]

  /// The location for the running program.
  ///
  /// - Parameter folder: the one below `share/mri-ilo` and the package, for another kind of protocols.
  public init(folder: String = "protocols") {
    self.init(executable: InstalledFiles.runningProgram, folder: folder)
  }

  /// The location for a program at `executable`.
  public init(executable: String, folder: String = "protocols") {
    folders = InstalledFiles.folders(shared: folder, packaged: folder, executable: executable)
  }

  /// The file that the user means: a path, or one of the program's by its name.
  ///
  /// Throws `ExperimentError` for a name that none of them has; a path is not looked at.
  public func file(_ text: String) throws(ExperimentError) -> String {
    if FileManager.default.fileExists(atPath: text) || text.contains("/") { return text }
    let name = text.hasSuffix(".yaml") ? text : text + ".yaml"
    let places = folders.map { "\($0)/\(name)" }
    if let found = places.first(where: FileManager.default.fileExists(atPath:)) { return found }
    throw ExperimentError(
      "\(text): there is no such file, and no protocol of this name comes with the program; it has "
        + names.joined(separator: ", "))
  }

  /// The names of the protocols in the first folder that holds any.
  public var names: [String] {
    for folder in folders {
      let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
      let names = files.filter { $0.hasSuffix(".yaml") && !$0.hasPrefix(".") }.sorted()
      if !names.isEmpty { return names.map { String($0.dropLast(5)) } }
    }
    return []
  }
}
