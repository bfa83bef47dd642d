import Foundation

/// The weights files that the program finds without being told their folder.
///
/// They lie in `../share/mri-ilo/weights` where the program is installed and in `datasets/weights` of
/// the package that it was built in; one more may be named by `MRI_ILO_WEIGHTS`.
public struct WeightsCatalogue: Sendable {
  /// The folders to look in, best first.
  public let folders: [String]
  /// The file that the environment names, if any.
  private let named: String?

  /// The catalogue of a program at `executable`.
  public init(environment: [String: String], executable: String) {
    folders = InstalledFiles.folders(
      shared: "weights", packaged: "datasets/weights", executable: executable)
    named = environment[WeightsLocation.variable].flatMap { $0.isEmpty ? nil : $0 }
  }

  /// The catalogue of the running program.
  public init() {
    self.init(
      environment: ProcessInfo.processInfo.environment, executable: InstalledFiles.runningProgram)
  }

  /// The paths of all files: the environment's first, then those of each folder in alphabetic order.
  public var files: [String] {
    let found = folders.flatMap { folder in
      ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [])
        .filter { $0.hasSuffix(Self.ending) && !$0.hasPrefix(".") }.sorted()
        .map { "\(folder)/\($0)" }
    }
    return (named.map { [$0] } ?? []) + found.filter { $0 != named }
  }

  /// The file that the user means: a path, the name of one that the catalogue has, with or without its
  /// ending, or without either the one that `recon` uses.
  ///
  /// Throws `ExperimentError` for a name that none of them has.
  public func file(_ text: String?) throws(ExperimentError) -> String {
    guard let text else { return try WeightsLocation(option: nil).path() }
    if FileManager.default.fileExists(atPath: text) { return text }
    let name = text.hasSuffix(Self.ending) ? text : text + Self.ending
    let files = files
    if let found = files.first(where: { fileName($0) == name }) { return found }
    let known = files.isEmpty ? "none" : files.map(fileName).joined(separator: ", ")
    throw ExperimentError(
      "\(text): there is no such weights file, and the program finds none of that name; it finds "
        + known)
  }

  private static let ending = ".safetensors"
}
