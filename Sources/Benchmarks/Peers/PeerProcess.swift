import Foundation
import Synchronization

/// A peer that runs beside the program as long as it is needed: questions in, answers out.
final class PeerProcess {
  private static let running = Mutex<Set<Int32>>([])

  let name: PeerName
  private(set) var versions: [String: String] = [:]
  private let process = Process()
  private let input = Pipe()
  private let output = Pipe()
  private let complaints: String
  private var buffer = Data()

  /// Starts the peer's script in `scripts` with `threads` threads.
  ///
  /// What it prints goes into a file in `folder`. Throws `BenchmarkError` with the reason if it is not there.
  init(_ name: PeerName, scripts: String, threads: Int, folder: String) throws(BenchmarkError) {
    self.name = name
    complaints = "\(folder)/\(name.rawValue)-\(UUID().uuidString).log"
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3", "\(scripts)/\(name.script)"]
    process.environment = ProcessInfo.processInfo.environment.merging(
      name.environment(threads: threads)
    ) { $1 }
    process.standardInput = input
    process.standardOutput = output
    _ = FileManager.default.createFile(atPath: complaints, contents: nil)
    process.standardError = FileHandle(forWritingAtPath: complaints) ?? FileHandle.nullDevice
    // A peer that has died shows when its answer is read, not by a signal that ends this program.
    signal(SIGPIPE, SIG_IGN)
    do {
      try process.run()
    } catch {
      throw BenchmarkError("\(name.rawValue): python3 cannot be started")
    }
    try? input.fileHandleForReading.close()
    try? output.fileHandleForWriting.close()
    let identifier = process.processIdentifier
    Self.running.withLock { _ = $0.insert(identifier) }
    do throws(BenchmarkError) {
      versions = try ask(PeerQuestion("hello")).versions ?? [:]
    } catch {
      close()
      // As env reports a program that it cannot find.
      guard process.terminationStatus == 127 else { throw error }
      throw BenchmarkError("\(name.rawValue): python3 is not on the PATH")
    }
  }

  deinit { close() }

  /// The answer to a question; throws `BenchmarkError` if the peer says what is wrong or has died.
  func ask(_ question: PeerQuestion) throws(BenchmarkError) -> PeerAnswer {
    let failed = { (reason: String) in BenchmarkError("\(self.name.rawValue): \(reason)") }
    guard let line = try? JSONEncoder().encode(question) else { throw failed("no question") }
    try? input.fileHandleForWriting.write(contentsOf: line + Data("\n".utf8))
    guard let reply = nextLine() else { throw failed("the peer has ended\(lastComplaint)") }
    guard let answer = try? JSONDecoder().decode(PeerAnswer.self, from: reply) else {
      throw failed("an answer that is none: \(String(decoding: reply, as: UTF8.self))")
    }
    if let error = answer.error { throw failed(error) }
    return answer
  }

  /// The next line without its end; nil when the peer has ended.
  private func nextLine() -> Data? {
    let newline = UInt8(ascii: "\n")
    while true {
      if let end = buffer.firstIndex(of: newline) {
        let line = Data(buffer[..<end])
        buffer = Data(buffer[buffer.index(after: end)...])
        return line
      }
      let piece = output.fileHandleForReading.availableData
      if piece.isEmpty { return nil }
      buffer.append(piece)
    }
  }

  /// The last line that the peer printed, in brackets, if any.
  private var lastComplaint: String {
    let text = (try? String(contentsOfFile: complaints, encoding: .utf8)) ?? ""
    return text.split(separator: "\n").last.map { " (\($0))" } ?? ""
  }

  /// Lets the peer end, and waits for it.
  func close() {
    try? input.fileHandleForWriting.close()
    if process.isRunning { process.waitUntilExit() }
    let identifier = process.processIdentifier
    Self.running.withLock { _ = $0.remove(identifier) }
  }

  /// Ends every peer that is running, and what it has started; for a program that is stopped.
  static func endAll() {
    running.withLock { identifiers in
      for identifier in identifiers {
        // A peer leads a group of its own where the system's Foundation makes one.
        if getpgid(identifier) == identifier { kill(-identifier, SIGTERM) }
        kill(identifier, SIGTERM)
      }
    }
  }
}

/// Ends the peers of a benchmark that is being stopped.
public enum Peers {
  /// Ends every peer that is running.
  public static func endAll() { PeerProcess.endAll() }
}
