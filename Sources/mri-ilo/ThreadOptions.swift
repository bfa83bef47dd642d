import ArgumentParser
import Arrays
import Foundation

/// The number of threads, the same option in every command.
struct ThreadOptions: ParsableArguments {
  @Option(help: "Threads to use (default: all cores). No result depends on it.")
  var threads: Int?

  func validate() throws {
    if let threads, threads < 1 { throw ValidationError("--threads must be at least 1") }
  }

  /// Sets up the process for heavy work; called first by each command that computes.
  func apply() {
    MemoryReuse.keepLargeBlocks()
    Parallelism.threads = threads ?? ProcessInfo.processInfo.activeProcessorCount
  }
}
