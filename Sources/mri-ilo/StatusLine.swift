import Foundation

/// One line on the terminal that says what is going on; nothing where errors go to a file.
struct StatusLine {
  private let isShown = isatty(STDERR_FILENO) == 1

  /// Puts `text` in place of what the line said.
  func show(_ text: String) { write("\r\u{1B}[K\(text)") }

  /// Takes the line away.
  func clear() { write("\r\u{1B}[K") }

  private func write(_ text: String) {
    if isShown { FileHandle.standardError.write(Data(text.utf8)) }
  }
}
