import Foundation

/// What can be opened and read at any place without waiting for another program.
enum PlainFile {
  /// Whether `path` leads to a plain file: no folder, no pipe, which would be waited for, no device.
  static func isPlain(_ path: String) -> Bool {
    var facts = stat()
    return stat(path, &facts) == 0 && facts.st_mode & S_IFMT == S_IFREG
  }
}
