import Foundation

/// The names of files and folders that are still being written, and the removal of those whose writer died.
///
/// A name holds the machine and a number never used again besides the process, for machines that
/// share a folder give out the same process numbers.
public enum PartialFile {
  private static let mark = ".partial-"
  private static let secondsToLive = 86_400.0

  /// The machine, and on Linux the name space in which its process numbers count.
  private static let machine: String = {
    let space = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/ns/pid")
    return (ProcessInfo.processInfo.hostName + (space ?? "")).filter {
      $0.isASCII && ($0.isLetter || $0.isNumber || $0 == ".")
    }
  }()

  /// A new name beside `path` for what will be renamed to it.
  public static func name(for path: String) -> String {
    let process = ProcessInfo.processInfo.processIdentifier
    let unique = UUID().uuidString.filter { $0 != "-" }
    return "\(path)\(mark)\(machine)-\(process)-\(unique)"
  }

  /// Brings every byte of the finished file `partial` to the disk and gives it the name `path`.
  ///
  /// Throws `ScanFileError` if any step fails; the partial file is then left to the caller.
  static func publish(_ partial: String, as path: String) throws(ScanFileError) {
    try synchronise(partial, path)
    guard rename(partial, path) == 0 else { throw failure(path, "it could not be renamed") }
    // The new name itself is a change of the folder and must reach the disk as well.
    let folder = (path as NSString).deletingLastPathComponent
    try synchronise(folder.isEmpty ? "." : folder, path)
  }

  private static func synchronise(_ file: String, _ path: String) throws(ScanFileError) {
    let descriptor = open(file, O_RDONLY)
    guard descriptor >= 0 else { throw failure(path, String(cString: strerror(errno))) }
    defer { close(descriptor) }
    // Some file systems cannot sync a folder and say so with EINVAL; that is no loss of data.
    guard fsync(descriptor) == 0 || errno == EINVAL else {
      throw failure(path, String(cString: strerror(errno)))
    }
  }

  private static func failure(_ path: String, _ reason: String) -> ScanFileError {
    ScanFileError(file: path, problem: .writeFailed(object: "the file", reason: reason))
  }

  /// Removes the partial files and folders in `folder` whose writer is surely dead: one of this machine that is
  /// no more, or any that has left its file alone for a day.
  public static func removeAbandoned(in folder: String) {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    for name in names where name.contains(mark) {
      let path = "\(folder)/\(name)"
      if isDead(writerOf: name) || isOld(path) {
        try? FileManager.default.removeItem(atPath: path)
      }
    }
  }

  private static func isDead(writerOf name: String) -> Bool {
    guard let start = name.range(of: mark, options: .backwards)?.upperBound else { return false }
    let parts = name[start...].split(separator: "-")
    guard parts.count == 3, parts[0] == machine, let process = Int32(parts[1]), process > 0 else {
      return false
    }
    return kill(process, 0) != 0 && errno == ESRCH
  }

  private static func isOld(_ path: String) -> Bool {
    let changed = try? FileManager.default.attributesOfItem(atPath: path)[.modificationDate]
    guard let changed = changed as? Date else { return false }
    return -changed.timeIntervalSinceNow > secondsToLive
  }
}
