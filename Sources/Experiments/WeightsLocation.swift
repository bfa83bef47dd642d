import Foundation

/// Where the generator's weights lie.
///
/// In this order: the path that the user gives, the environment variable `MRI_ILO_WEIGHTS`, and
/// relative to the program itself: `../share/mri-ilo/weights` where it is installed, and
/// `datasets/weights` of the package that it was built in. Links to the program are followed.
public struct WeightsLocation: Sendable {
  /// The file that is looked for unless another is named.
  public static let defaultName = "brain-ladder-256.safetensors"
  /// The environment variable that may name a weights file.
  public static let variable = "MRI_ILO_WEIGHTS"

  /// The path that the user or the environment named, and by which means.
  private let named: (path: String, by: String)?
  /// The places to look in, best first, if none is named.
  public let candidates: [String]

  /// The location for a program at `executable`.
  public init(option: String?, environment: [String: String], executable: String) {
    if let option {
      named = (option, "--weights")
    } else if let path = environment[Self.variable], !path.isEmpty {
      named = (path, "the environment variable \(Self.variable)")
    } else {
      named = nil
    }
    let places = InstalledFiles.folders(
      shared: "weights", packaged: "datasets/weights", executable: executable)
    candidates = places.map { "\($0)/\(Self.defaultName)" }
  }

  /// The location for the running program.
  public init(option: String?) {
    self.init(
      option: option, environment: ProcessInfo.processInfo.environment,
      executable: InstalledFiles.runningProgram)
  }

  /// The path of the weights file; throws `ExperimentError` that names the places looked at.
  public func path() throws(ExperimentError) -> String {
    let isFile = FileManager.default.fileExists(atPath:)
    if let named {
      guard isFile(named.path) else {
        throw ExperimentError(
          "\(named.path): there is no such weights file (named by \(named.by)); check the path")
      }
      return named.path
    }
    guard let found = candidates.first(where: isFile) else {
      throw ExperimentError(
        "there are no generator weights at \(candidates.joined(separator: " or ")); name a file "
          + "with --weights or \(Self.variable), or choose methods that need none")
    }
    return found
  }
}
