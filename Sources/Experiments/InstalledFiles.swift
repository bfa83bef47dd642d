import Foundation

/// Where the files that come with the program lie.
enum InstalledFiles {
  /// The folders to look in, best first, for a program at `executable`.
  ///
  /// They are `../share/mri-ilo/<shared>` where it is installed, and `<packaged>` of the package
  /// that it was built in. Links to the program are followed.
  static func folders(
    shared: String, packaged: String, executable: String
  ) -> [String] {
    let program = URL(fileURLWithPath: executable).resolvingSymlinksInPath()
    let prefix = program.deletingLastPathComponent().deletingLastPathComponent()
    var places = [prefix.appendingPathComponent("share/mri-ilo/\(shared)")]
    // A development build lies in .build/<platform>/<configuration> of the package.
    let parts = program.pathComponents
    if let build = parts.lastIndex(where: { $0.hasPrefix(".build") }) {
      let package = parts[..<build].dropFirst().joined(separator: "/")
      places.append(URL(fileURLWithPath: "/" + package).appendingPathComponent(packaged))
    }
    return places.map(\.path)
  }

  /// The path of the running program.
  static var runningProgram: String {
    #if os(Linux)
      if let path = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe") {
        return path
      }
    #endif
    return Bundle.main.executablePath ?? CommandLine.arguments[0]
  }
}
