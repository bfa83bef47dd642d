import Foundation

/// A folder for what is handed to peers, in memory where the system has a file system for that; it
/// goes with this object.
final class SharedFolder {
  let path: String

  init() throws(BenchmarkError) {
    let memory = "/dev/shm"
    let parent =
      FileManager.default.isWritableFile(atPath: memory) ? memory : NSTemporaryDirectory()
    path = "\(parent)/mri-ilo-benchmark-\(UUID().uuidString)"
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw BenchmarkError("\(path): the folder for shared arrays cannot be made")
    }
  }

  deinit { remove() }

  func remove() { try? FileManager.default.removeItem(atPath: path) }

  /// The path of a file `name` in the folder.
  func file(_ name: String) -> String { "\(path)/\(name)" }
}
