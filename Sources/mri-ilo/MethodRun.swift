import ArgumentParser
import Experiments
import Foundation

/// The running of methods under the eyes of a user, who may stop it.
enum MethodRun {
  /// The user asked to stop.
  private struct Stopped: Error {}

  /// Prints `heading`, shows the progress of `perform`, and publishes its results in `folder`.
  ///
  /// - Parameter methods: their names, in the order in which they run.
  /// - Throws: what `perform` throws; `ExitCode` 130 after Ctrl-C, when nothing was written.
  static func publish<Record>(
    in folder: OutputFolder, methods: [String], heading: String,
    _ perform: ((RunProgress) throws -> Void) throws -> Record
  ) throws -> Record {
    defer { folder.discard() }
    let interrupt = InterruptSignal()
    let display = ProgressDisplay(methods: methods)
    print(heading)
    fflush(nil)
    do {
      let record = try perform { progress in
        if interrupt.received { throw Stopped() }
        display.show(progress)
      }
      display.end()
      if interrupt.received { throw Stopped() }
      try folder.publish()
      return record
    } catch {
      display.end()
      guard error is Stopped else { throw error }
      FileHandle.standardError.write(Data("Stopped; nothing was written.\n".utf8))
      throw ExitCode(130)
    }
  }
}
