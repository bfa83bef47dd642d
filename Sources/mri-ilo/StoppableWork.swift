import ArgumentParser
import Foundation

/// Work that writes its results at its end alone, and that Ctrl-C stops before.
struct StoppableWork {
  /// The user asked to stop.
  private struct Stopped: Error {}

  let line = StatusLine()
  private let interrupt = InterruptSignal()

  private init() {}

  /// Does `work`, which calls `check` or `show` often enough, and takes the line away.
  ///
  /// - Throws: what `work` throws; `ExitCode` 130 after Ctrl-C, when nothing was written.
  static func run<Result>(_ work: (StoppableWork) throws -> Result) throws -> Result {
    let stoppable = StoppableWork()
    defer { stoppable.line.end() }
    do {
      return try work(stoppable)
    } catch is Stopped {
      stoppable.line.end()
      FileHandle.standardError.write(Data("Stopped; nothing was written.\n".utf8))
      throw ExitCode(130)
    }
  }

  /// Ends the work if the user asked for it.
  func check() throws {
    if interrupt.received { throw Stopped() }
  }

  /// Shows what is being done, unless the user asked to stop.
  func show(_ text: String, share: Double? = nil) throws {
    try check()
    line.show(text, share: share)
  }
}
