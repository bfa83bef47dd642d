import Dispatch
import Foundation

/// Cleans up and ends the program on Ctrl-C or a request to terminate.
final class StopHandler {
  private let sources: [any DispatchSourceSignal]

  init(cleaningUp: @escaping () -> Void) {
    nonisolated(unsafe) let cleaningUp = cleaningUp
    let queue = DispatchQueue(label: "stop")
    sources = [SIGINT, SIGTERM].map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
      source.setEventHandler {
        cleaningUp()
        // As a shell reports a program that a signal has ended.
        _exit(128 + number)
      }
      source.resume()
      return source
    }
  }

  func cancel() { for source in sources { source.cancel() } }
}
