import Evaluation
import Experiments
import Foundation

/// A new folder that appears under its name whole or not at all.
///
/// Its files are written to a hidden folder beside it, which `publish()` renames. Without that the
/// hidden folder goes.
final class StagedFolder {
  /// The folder as the user named it.
  let path: String
  private let staging: String
  private let replaceable: (String) -> Bool
  private var isPublished = false

  /// Starts the folder that will be `path`.
  ///
  /// What is there already must consist of files that `replaceable` knows by their names as those of
  /// an earlier export; else the call throws, so that nothing foreign is ever removed.
  init(_ path: String, replaceable: @escaping (String) -> Bool = { _ in false }) throws {
    self.path = path
    self.replaceable = replaceable
    let folder = URL(fileURLWithPath: path)
    let parent = folder.deletingLastPathComponent()
    staging =
      parent.appendingPathComponent(".\(folder.lastPathComponent).\(UUID().uuidString).part").path
    try check()
    do {
      try FileManager.default.createDirectory(atPath: staging, withIntermediateDirectories: true)
    } catch {
      throw ExperimentError("\(path): the folder cannot be made; choose another place")
    }
  }

  deinit { if !isPublished { try? FileManager.default.removeItem(atPath: staging) } }

  /// Where to write the file `name`.
  func file(_ name: String) -> String { "\(staging)/\(name)" }

  /// Makes a folder inside.
  func makeFolder(_ name: String) throws {
    try FileManager.default.createDirectory(
      atPath: file(name), withIntermediateDirectories: false)
  }

  /// Writes the file `name`; a full disk is an error.
  func write(_ data: Data, _ name: String) throws {
    guard let stream = fopen(file(name), "wb") else { throw failure(name) }
    let written = data.withUnsafeBytes { fwrite($0.baseAddress, 1, $0.count, stream) }
    guard fclose(stream) == 0, written == data.count else { throw failure(name) }
  }

  /// Gives all files and the folder one date, so that times tell nothing.
  func setDates(_ date: Date) throws {
    let names = try FileManager.default.subpathsOfDirectory(atPath: staging)
    for name in names.sorted().reversed() + [""] {
      try FileManager.default.setAttributes(
        [.modificationDate: date], ofItemAtPath: name.isEmpty ? staging : file(name))
    }
  }

  /// Gives the folder its name, in the place of an earlier export.
  func publish() throws {
    try check()
    let old = staging + ".old"
    let isThere = FileManager.default.fileExists(atPath: path)
    if isThere, rename(path, old) != 0 { throw failure("") }
    guard rename(staging, path) == 0 else {
      let error = failure("")
      if isThere { rename(old, path) }
      throw error
    }
    isPublished = true
    if isThere { try? FileManager.default.removeItem(atPath: old) }
  }

  private func check() throws {
    guard FileManager.default.fileExists(atPath: path) else { return }
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: path) else {
      throw ExperimentError("\(path): is a file, not a folder; choose another name")
    }
    if let foreign = names.sorted().first(where: { !replaceable($0) }) {
      throw ExperimentError(
        "\(path): exists and holds '\(foreign)', which is not to be lost; choose another folder")
    }
  }

  private func failure(_ name: String) -> OutputFileError {
    OutputFileError(
      path: name.isEmpty ? path : "\(path)/\(name)", reason: String(cString: strerror(errno)))
  }
}
