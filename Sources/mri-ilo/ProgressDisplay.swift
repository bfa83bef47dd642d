import Experiments
import Foundation

/// The progress of a run on the standard error: a bar that is redrawn on a terminal, now and then a
/// plain line elsewhere.
final class ProgressDisplay {
  private let isTerminal = isatty(STDERR_FILENO) != 0
  private var estimate: TimeEstimate
  private let began = ContinuousClock.now
  private var lastShown = 0.0
  private var isBarDrawn = false

  /// Seconds between two redrawings of the bar and between two plain lines.
  private static let intervals = (bar: 0.1, line: 10.0)

  /// A display for a run of these methods, in the order in which they run.
  init(methods: [String]) {
    estimate = TimeEstimate(methods: methods)
  }

  /// Shows where the run is, unless something was shown just before.
  func show(_ progress: RunProgress) {
    let now = (ContinuousClock.now - began) / .seconds(1)
    estimate.note(progress, at: now)
    let interval = isTerminal ? Self.intervals.bar : Self.intervals.line
    guard now - lastShown >= interval else { return }
    lastShown = now
    let text = description(progress, now)
    if isTerminal {
      let done = min(Self.barWidth, Int(estimate.share(progress) * Double(Self.barWidth)))
      let bar =
        String(repeating: "█", count: done) + String(repeating: "░", count: Self.barWidth - done)
      // Back to the start of the line, the new text, then clear what the old one leaves.
      write("\r" + String("\(bar) \(text)".prefix(terminalColumns - 1)) + "\u{1B}[K")
      isBarDrawn = true
    } else {
      write(text + "\n")
    }
  }

  /// Takes the bar away.
  func end() {
    if isBarDrawn { write("\r\u{1B}[K") }
    isBarDrawn = false
  }

  private static let barWidth = 20

  private func description(_ progress: RunProgress, _ now: Double) -> String {
    var parts = ["slice \(progress.slice) (\(progress.position + 1)/\(progress.slices))"]
    if let method = progress.method { parts.append(method) }
    if !progress.stage.isEmpty { parts.append(progress.stage) }
    if let misfit = progress.misfit { parts.append(String(format: "misfit %.4f", misfit)) }
    if let left = estimate.left(progress, at: now) {
      parts.append("ETA \(TrainingLog.clock(left))")
    }
    return parts.joined(separator: " · ")
  }

  private var terminalColumns: Int {
    var size = winsize()
    return ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 20
      ? Int(size.ws_col) : 80
  }

  private func write(_ text: String) {
    FileHandle.standardError.write(Data(text.utf8))
  }
}
