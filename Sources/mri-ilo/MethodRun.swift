import ArgumentParser
import Experiments
import Foundation

/// The running of methods under the eyes of a user, who may stop it.
enum MethodRun {
  /// Prints `heading`, shows the progress of `perform`, and publishes its results in `folder`.
  ///
  /// - Parameter methods: their names, in the order in which they run.
  /// - Throws: what `perform` throws; `ExitCode` 130 after Ctrl-C, when nothing was written.
  static func publish<Record>(
    in folder: OutputFolder, methods: [String], heading: String,
    _ perform: ((RunProgress) throws -> Void) throws -> Record
  ) throws -> Record {
    defer { folder.discard() }
    print(heading)
    fflush(nil)
    return try StoppableWork.run { work in
      let display = ProgressDisplay(methods: methods, line: work.line)
      let record = try perform { progress in
        try work.check()
        display.show(progress)
      }
      try work.check()
      try folder.publish()
      return record
    }
  }
}
