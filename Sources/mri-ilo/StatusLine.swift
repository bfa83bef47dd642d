import Foundation

/// One line on the standard error that is redrawn on a terminal, and printed now and then elsewhere.
final class StatusLine {
  private let isTerminal = isatty(STDERR_FILENO) != 0
  private let began = ContinuousClock.now
  private var lastShown = 0.0
  private var isDrawn = false

  /// Seconds between two plain lines.
  private let plainInterval: Double

  /// Seconds between two redrawings on a terminal.
  private static let terminalInterval = 0.1
  private static let barWidth = 20

  /// A line that is printed anew every `plainInterval` seconds where there is no terminal.
  init(plainInterval: Double = 10) { self.plainInterval = plainInterval }

  /// Seconds since the start.
  var time: Double { (ContinuousClock.now - began) / .seconds(1) }

  /// Whether it is time for another line.
  var isDue: Bool {
    time - lastShown >= (isTerminal ? Self.terminalInterval : plainInterval)
  }

  /// Shows `text`, with a bar of what is done if `share` is given, unless something was shown just
  /// before.
  func show(_ text: String, share: Double? = nil) {
    guard isDue else { return }
    lastShown = time
    guard isTerminal else {
      write(text + "\n")
      return
    }
    var line = text
    if let share {
      let done = min(Self.barWidth, max(0, Int(share * Double(Self.barWidth))))
      line =
        String(repeating: "█", count: done) + String(repeating: "░", count: Self.barWidth - done)
        + " " + text
    }
    // Back to the start of the line, the new text, then clear what the old one leaves.
    write("\r" + String(line.prefix(columns - 1)) + "\u{1B}[K")
    isDrawn = true
  }

  /// Takes the line away.
  func end() {
    if isDrawn { write("\r\u{1B}[K") }
    isDrawn = false
  }

  private var columns: Int {
    var size = winsize()
    return ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 20
      ? Int(size.ws_col) : 80
  }

  private func write(_ text: String) {
    FileHandle.standardError.write(Data(text.utf8))
  }
}
