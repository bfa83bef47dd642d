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

  /// The same of files that mean something together only: all of them get their names, or what stood under
  /// these names stays.
  ///
  /// Those behind the first describe it, and never stand beside another first file. A machine that stops
  /// between two of the renamings leaves a first file alone.
  static func publish(
    _ files: [(partial: String, path: String)]
  ) throws(ScanFileError) {
    for file in files { try synchronise(file.partial, file.path) }
    // What is there gets a second name, by which it can come back even where renaming has begun to fail. File
    // systems without such links go without.
    var kept: [String: String] = [:]
    for file in files {
      let backup = name(for: file.path)
      if link(file.path, backup) == 0 { kept[file.path] = backup }
    }
    defer { for backup in kept.values { unlink(backup) } }
    var named: Set<String> = []
    do throws(ScanFileError) {
      for file in files.dropFirst() { unlink(file.path) }
      for file in files {
        guard rename(file.partial, file.path) == 0 else {
          throw failure(file.path, "it could not be renamed")
        }
        named.insert(file.path)
      }
      let folder = (files[0].path as NSString).deletingLastPathComponent
      try synchronise(folder.isEmpty ? "." : folder, files[0].path)
    } catch {
      for path in named { unlink(path) }
      // A name that is still taken is that of the old file.
      for file in files { if let backup = kept[file.path] { link(backup, file.path) } }
      throw error
    }
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
