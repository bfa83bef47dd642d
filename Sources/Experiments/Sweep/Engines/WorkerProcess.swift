import Foundation
import Synchronization

/// A worker as the sweep that started it sees it: lines in, messages out.
final class WorkerProcess {
  private static let starting = Mutex(())

  private let process = Process()
  private let input = Pipe()
  private let output = Pipe()
  private var buffer = Data()

  /// Starts a worker on the run in `folder`; throws `ExperimentError` if the program cannot start.
  init(program: String, folder: String, threads: Int) throws(ExperimentError) {
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = ["sweep-worker", folder, "--threads", String(threads)]
    process.standardInput = input
    process.standardOutput = output
    do {
      // One at a time, so that no worker inherits the pipes of another that is just being started.
      try Self.starting.withLock { _ in try process.run() }
    } catch {
      throw ExperimentError(
        "\(program): a worker cannot be started (\(error.localizedDescription))")
    }
    // The other ends belong to the worker alone, so that its death ends the stream.
    try? input.fileHandleForReading.close()
    try? output.fileHandleForWriting.close()
  }

  var identifier: Int32 { process.processIdentifier }

  func send(_ line: String) {
    // A worker that has died shows when its answer is read.
    try? input.fileHandleForWriting.write(contentsOf: Data((line + "\n").utf8))
  }

  /// The next message; nil when the worker has ended.
  func receive() -> WorkerMessage? {
    let newline = UInt8(ascii: "\n")
    while true {
      if let end = buffer.firstIndex(of: newline) {
        let line = buffer[..<end]
        buffer = Data(buffer[buffer.index(after: end)...])
        if let message = try? RecordJSON.value(WorkerMessage.self, from: line) { return message }
        continue
      }
      let piece = output.fileHandleForReading.availableData
      if piece.isEmpty { return nil }
      buffer.append(piece)
    }
  }

  /// How the worker ended, after its last message.
  func endText() -> String {
    process.waitUntilExit()
    return process.terminationReason == .uncaughtSignal
      ? "the process was ended by signal \(process.terminationStatus)"
      : "the process ended with status \(process.terminationStatus)"
  }

  /// Lets the worker end after its present work.
  func close() {
    try? input.fileHandleForWriting.close()
    process.waitUntilExit()
  }
}
