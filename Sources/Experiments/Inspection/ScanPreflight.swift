import Dispatch
import Foundation
public import ScanFiles

/// A look through a scan before any work, in a process of its own.
///
/// libhdf5 crashes or loops on some damaged files; there it takes only that process with it. What is
/// wrong with the last slice shows here, before hours went into the first.
public enum ScanPreflight {
  /// Which slices are read.
  public enum Extent: Sendable {
    case all
    case middle
    case selected(String)
  }

  /// The name of the subcommand that does the reading.
  public static let subcommand = "read-scan"
  /// The exit status with which it refuses a file, the sentence being its output.
  public static let refusal: Int32 = 3

  /// Reads the slices `extent` of the scan at `path` in a child process.
  ///
  /// - Returns: what is odd about the scan (`ScanSoundness`), a sentence without a full stop each.
  ///
  /// Throws `ExperimentError` with the sentence of the file's fault, and `ScanFileError` if the process
  /// crashed or took longer than reading such a file can.
  @discardableResult
  public static func run(
    _ path: String, _ options: ScanFile.Options = ScanFile.Options(), extent: Extent = .all
  ) throws -> [String] {
    var arguments = ["--frame", String(options.frame)]
    if options.whitens { arguments.append("--whiten") }
    if !options.averages.isEmpty {
      // A file's name may begin as an option does.
      arguments += ["--average"] + options.averages.map { $0.hasPrefix("-") ? "./\($0)" : $0 }
    }
    switch extent {
    case .all: break
    case .middle: arguments.append("--middle")
    case .selected(let slices): arguments += ["--slices", slices]
    }
    return try read(path, arguments)
  }

  /// Reads the file of a mask at `path` in a child process, and throws as `run` does.
  public static func run(mask path: String) throws {
    _ = try read(path, ["--as-mask"])
  }

  /// What a child process says that reads the file at `path`, a line each.
  private static func read(_ path: String, _ arguments: [String]) throws -> [String] {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: InstalledFiles.runningProgram)
    process.arguments = [subcommand, path.hasPrefix("-") ? "./\(path)" : path] + arguments
    // A crash is an answer here, and needs no picture of the stack.
    process.environment = ProcessInfo.processInfo.environment.merging(
      ["SWIFT_BACKTRACE": "enable=no"]) { $1 }
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    let ended = DispatchSemaphore(value: 0)
    process.terminationHandler = { _ in ended.signal() }
    do {
      try process.run()
    } catch {
      throw ExperimentError("the file cannot be checked (\(error.localizedDescription))")
    }
    guard ended.wait(timeout: .now() + seconds(for: path)) == .success else {
      kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
      throw ScanFileError(file: path, problem: .truncated)
    }
    let said = output.fileHandleForReading.readDataToEndOfFile()
    if process.terminationReason == .uncaughtSignal {
      let signal = process.terminationStatus
      guard [SIGSEGV, SIGBUS, SIGABRT, SIGILL, SIGFPE, SIGTRAP].contains(signal) else {
        throw ExperimentError(
          "\(path): the check of the file was ended by signal \(signal); run it again, with more "
            + "memory if that was short")
      }
      throw ScanFileError(file: path, problem: .truncated)
    }
    let text = String(decoding: said, as: UTF8.self)
      .trimmingCharacters(in: .whitespacesAndNewlines)
    guard process.terminationStatus == 0 else {
      throw ExperimentError(text.isEmpty ? "\(path): could not be checked; run it again" : text)
    }
    return text.split(separator: "\n").map(String.init)
  }

  /// How long the look through a file may take.
  public static func seconds(for path: String) -> Double {
    120 + Double((try? FileContent.size(of: path)) ?? 0) / 5e6
  }

  /// Lets the system kill the running process in so many seconds, rounded up, whatever loop it is in then:
  /// HDF5 can loop for ever on a damaged file, with its lock held and no check for anything.
  public static func endThisProcess(after seconds: Double) {
    alarm(UInt32(seconds.rounded(.up)))
  }
}
