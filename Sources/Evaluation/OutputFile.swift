import Foundation

/// Why a picture or table could not be written.
public struct OutputFileError: Error, CustomStringConvertible {
  /// The file that was asked for.
  public let path: String
  /// What went wrong, in the words of the system or library.
  public let reason: String

  public init(path: String, reason: String) {
    self.path = path
    self.reason = reason
  }

  /// One sentence with the file and the reason.
  public var description: String { "cannot write \(path): \(reason)" }
}

/// Lets `write` fill a temporary file beside `path` and renames it to `path`.
///
/// A reader sees the old file or the whole new one, never a part. What fails leaves `path` as it was.
///
/// - Throws: what `write` throws, or `OutputFileError` if the rename fails.
public func writeAtomically(
  to path: String, _ write: (_ temporaryPath: String) throws -> Void
) throws {
  let file = URL(fileURLWithPath: path)
  let name = ".\(file.lastPathComponent).\(UUID().uuidString).part"
  let temporary = file.deletingLastPathComponent().appendingPathComponent(name).path
  do {
    try write(temporary)
    guard rename(temporary, path) == 0 else {
      throw OutputFileError(path: path, reason: String(cString: strerror(errno)))
    }
  } catch {
    unlink(temporary)
    throw error
  }
}
