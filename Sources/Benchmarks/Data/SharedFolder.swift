import Foundation

/// A folder for what is handed to peers, in memory where the system has a file system for that; it
/// goes with this object.
final class SharedFolder {
  let path: String

  init() throws(BenchmarkError) {
    let memory = "/dev/shm"
    let parent =
      FileManager.default.isWritableFile(atPath: memory) ? memory : NSTemporaryDirectory()
    Self.removeAbandoned(in: parent)
    let process = ProcessInfo.processInfo.processIdentifier
    path = "\(parent)/\(Self.mark)\(process)-\(UUID().uuidString)"
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw BenchmarkError("\(path): the folder for shared arrays cannot be made")
    }
  }

  deinit { remove() }

  func remove() { try? FileManager.default.removeItem(atPath: path) }

  private static let mark = "mri-ilo-benchmark-"

  /// Removes the folders of programs that were killed before they could do so: they hold memory.
  private static func removeAbandoned(in parent: String) {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: parent)) ?? []
    for name in names where name.hasPrefix(mark) {
      let process = name.dropFirst(mark.count).prefix { $0 != "-" }
      guard let process = Int32(process), process > 0 else { continue }
      if kill(process, 0) != 0 && errno == ESRCH {
        try? FileManager.default.removeItem(atPath: "\(parent)/\(name)")
      }
    }
  }

  /// The path of a file `name` in the folder.
  func file(_ name: String) -> String { "\(path)/\(name)" }
}
