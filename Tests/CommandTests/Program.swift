import Foundation

/// The built program, run as a user runs it.
struct Program {
  /// What one run of it gave.
  struct Outcome {
    let status: Int32
    let output: String
    let errors: String
  }

  /// The program in the build folder of these tests.
  static let path: String = {
    let bundle = Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") }?.bundleURL
    let own = bundle ?? Bundle.main.executableURL ?? URL(fileURLWithPath: CommandLine.arguments[0])
    return own.deletingLastPathComponent().appendingPathComponent("mri-ilo").path
  }()

  /// Where it is called from.
  var folder: String
  /// The program to run; another path for an installed one.
  var path = Program.path
  /// Variables added to the environment.
  var environment: [String: String] = [:]
  /// The largest file that it may write, in blocks of 512 bytes; stands for a full disk.
  var fileSizeLimit: Int?

  /// Runs `mri-ilo` with `arguments` to its end.
  func run(_ arguments: String...) throws -> Outcome {
    try started(arguments).outcome()
  }

  /// Starts `mri-ilo` with `arguments`.
  func started(_ arguments: [String]) throws -> Running {
    let process = Process()
    if let fileSizeLimit {
      process.executableURL = URL(fileURLWithPath: "/bin/sh")
      // The signal is ignored, so that the write fails as on a full disk.
      let script = "trap '' XFSZ; ulimit -f \(fileSizeLimit); exec \"$0\" \"$@\""
      process.arguments = ["-c", script, path] + arguments
    } else {
      process.executableURL = URL(fileURLWithPath: path)
      process.arguments = arguments
    }
    process.currentDirectoryURL = URL(fileURLWithPath: folder)
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    let (output, errors) = (Pipe(), Pipe())
    (process.standardOutput, process.standardError) = (output, errors)
    try process.run()
    return Running(process: process, output: output, errors: errors)
  }

  /// A run that goes on.
  struct Running {
    let process: Process
    let output: Pipe
    let errors: Pipe

    /// Waits for the end.
    func outcome() -> Outcome {
      // What is said is little and fits the pipes' buffers.
      let said = output.fileHandleForReading.readDataToEndOfFile()
      let complained = errors.fileHandleForReading.readDataToEndOfFile()
      process.waitUntilExit()
      return Outcome(
        status: process.terminationStatus, output: String(decoding: said, as: UTF8.self),
        errors: String(decoding: complained, as: UTF8.self))
    }
  }
}
