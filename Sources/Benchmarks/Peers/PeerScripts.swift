import Foundation

/// Where the scripts of the peers lie.
///
/// In the folder that the user names, or else in `Tests/PeerChecks/benchmark` of the package that
/// the program was built in, or below the working folder.
public enum PeerScripts {
  private static let place = "Tests/PeerChecks/benchmark"

  /// The folder; throws `BenchmarkError` that names the places looked at.
  public static func folder(option: String?, executable: String) throws(BenchmarkError) -> String {
    var places: [String] = []
    if let option {
      places = [option]
    } else {
      let parts = URL(fileURLWithPath: executable).resolvingSymlinksInPath().pathComponents
      if let build = parts.lastIndex(where: { $0.hasPrefix(".build") }) {
        places.append("/" + parts[1..<build].joined(separator: "/") + "/" + place)
      }
      places.append(FileManager.default.currentDirectoryPath + "/" + place)
    }
    let found = places.first { FileManager.default.fileExists(atPath: $0 + "/peer.py") }
    guard let found else {
      throw BenchmarkError(
        "there are no peers' scripts in \(places.joined(separator: " or ")); name their folder "
          + "with --peers, \(place) of the sources")
    }
    return found
  }
}
