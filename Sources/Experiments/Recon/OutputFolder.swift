import Foundation
import ScanFiles

/// A folder of results that appear together or not at all.
///
/// Files are written to a hidden folder inside and moved out by `publish()`, each replacing an
/// older one of its name. Results of an earlier run that this one does not write, as listed by the
/// record that lies in the folder, go then; files of other origin stay. What fails or is stopped
/// before leaves the folder as it was; what a run that was killed has left, the next one removes.
public final class OutputFolder {
  /// The folder as the user named it.
  public let path: String
  private let staging: String
  /// The folders that were made for this one, outermost first.
  private let created: [String]
  private var names: [String] = []
  private var isPublished = false

  /// The record, which lists the results; it is moved last.
  static let recordName = "record.json"

  /// Makes the folder if it is missing; throws `ExperimentError` if it cannot be written.
  public init(_ path: String) throws(ExperimentError) {
    self.path = path
    staging = PartialFile.name(for: "\(path)/.unfinished")
    var missing: [String] = []
    var folder = URL(fileURLWithPath: path).path
    while !FileManager.default.fileExists(atPath: folder), folder != "/" {
      missing.insert(folder, at: 0)
      folder = (folder as NSString).deletingLastPathComponent
    }
    created = missing
    PartialFile.removeAbandoned(in: path)
    for folder in missing + [staging] where mkdir(folder, 0o777) != 0 {
      let reason = String(cString: strerror(errno))
      Self.removeEmpty(missing)
      throw ExperimentError(
        "\(path): the output folder cannot be written (\(reason)); choose another with -o")
    }
  }

  deinit { discard() }

  /// Where to write the result `name`, a plain file name or one in a folder of results, `folder/name`.
  func file(_ name: String) -> String {
    if !names.contains(name) { names.append(name) }
    if let folder = Self.folder(of: name) { mkdir("\(staging)/\(folder)", 0o777) }
    return "\(staging)/\(name)"
  }

  private static func folder(of name: String) -> String? {
    let parts = name.split(separator: "/")
    return parts.count == 2 ? String(parts[0]) : nil
  }

  /// The results so far, in alphabetic order.
  var results: [String] { names.sorted() }

  /// The name of a numbered picture; see `numbered`.
  static func pictureName(_ prefix: String, _ number: Int, of count: Int) -> String {
    numbered(prefix, number, of: count) + ".png"
  }

  /// A name with a number of at least three digits and as many as the last of `count` needs, so that
  /// names sort.
  static func numbered(_ prefix: String, _ number: Int, of count: Int) -> String {
    let digits = max(3, String(count - 1).count)
    let text = String(number)
    return "\(prefix)-" + String(repeating: "0", count: digits - text.count) + text
  }

  /// Writes the record, whose JSON text `json` gives for the names of all results.
  ///
  /// Throws `ExperimentError` if it cannot be written.
  func writeRecord(_ json: ([String]) throws -> String) throws {
    let path = file(Self.recordName)
    let text = try json(results)
    do {
      try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    } catch {
      throw ExperimentError(
        "\(path): cannot be written; check the free disk space and the permissions")
    }
  }

  /// Runs `body`, whose errors about written files then name them as the user will see them.
  func naming<Result>(_ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch let error as any Error & CustomStringConvertible
      where error.description.contains(staging)
    {
      throw ExperimentError(error.description.replacingOccurrences(of: staging, with: path))
    }
  }

  /// Moves the results to their places and removes outdated ones.
  ///
  /// Throws `ExperimentError` if one cannot be moved; then the earlier ones are in their places again.
  public func publish() throws {
    let outdated = Self.listedResults(path).subtracting(names)
    let folders = Set(names.compactMap(Self.folder(of:)))
    for folder in folders {
      guard mkdir("\(path)/\(folder)", 0o777) == 0 || errno == EEXIST else {
        throw ExperimentError(
          "\(path)/\(folder): cannot be made (\(String(cString: strerror(errno)))); "
            + "move what is there, or choose another folder with -o")
      }
    }
    // A second name for each earlier result, where the file system has such, to give it back by.
    let earlier = "\(staging)/.earlier"
    for folder in [earlier] + folders.map({ "\(earlier)/\($0)" }) { mkdir(folder, 0o777) }
    let record = names.filter { $0 == Self.recordName }
    var moved: [(name: String, isNew: Bool)] = []
    for name in names.filter({ $0 != Self.recordName }) + record {
      let isNew = link("\(path)/\(name)", "\(earlier)/\(name)") != 0 && errno == ENOENT
      guard rename("\(staging)/\(name)", "\(path)/\(name)") == 0 else {
        let reason = String(cString: strerror(errno))
        for (name, isNew) in moved {
          if isNew {
            unlink("\(path)/\(name)")
          } else {
            rename("\(earlier)/\(name)", "\(path)/\(name)")
          }
        }
        for folder in folders { rmdir("\(path)/\(folder)") }
        throw ExperimentError(
          "\(path)/\(name): cannot be replaced (\(reason)); check the permissions, or choose another "
            + "folder with -o")
      }
      moved.append((name, isNew))
    }
    for name in outdated { unlink("\(path)/\(name)") }
    for folder in Set(outdated.compactMap(Self.folder(of:))) { rmdir("\(path)/\(folder)") }
    isPublished = true
    discard()
  }

  /// Removes what is unfinished, and the folder if it was made for it.
  public func discard() {
    try? FileManager.default.removeItem(atPath: staging)
    if !isPublished { Self.removeEmpty(created) }
  }

  /// The results that the record of an earlier run lists.
  private static func listedResults(_ path: String) -> Set<String> {
    struct Listing: Decodable { let outputs: [String] }
    guard let data = FileManager.default.contents(atPath: "\(path)/\(recordName)"),
      let listing = try? JSONDecoder().decode(Listing.self, from: data)
    else { return [] }
    return Set(
      listing.outputs.filter { name in
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        return parts.count <= 2 && parts.allSatisfy { !$0.isEmpty && !$0.hasPrefix(".") }
      })
  }

  private static func removeEmpty(_ folders: [String]) {
    for folder in folders.reversed() { rmdir(folder) }
  }
}
