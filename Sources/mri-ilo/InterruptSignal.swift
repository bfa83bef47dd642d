import Dispatch
import Foundation
import Synchronization

/// Notices Ctrl-C and termination requests, so that a command can save its work and stop by itself.
final class InterruptSignal {
  private let flag: Flag
  private let sources: [any DispatchSourceSignal]

  private final class Flag: Sendable {
    let set = Atomic<Bool>(false)
  }

  init() {
    let flag = Flag()
    let queue = DispatchQueue(label: "interrupt")
    sources = [SIGINT, SIGTERM].map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
      source.setEventHandler { flag.set.store(true, ordering: .relaxed) }
      source.resume()
      return source
    }
    self.flag = flag
  }

  /// Whether the user asked to stop.
  var received: Bool { flag.set.load(ordering: .relaxed) }
}
