import Foundation

/// Slurm as its commands give it: `sbatch`, `squeue`, `scancel` and `scontrol`.
///
/// All tasks of a run carry one job name, by which they are found again, also by a later process.
struct SlurmCommands {
  /// A task that waits or runs.
  struct Task {
    /// Its index in the array.
    let index: Int
    let isRunning: Bool
    /// Why it waits, in Slurm's words.
    let reason: String
  }

  /// The name of the run's arrays.
  let name: String

  private struct Outcome {
    let status: Int32
    let output: String
    let errors: String

    /// The last line of what was complained about, without the command's name.
    var complaint: String {
      let line = errors.split(separator: "\n").last.map(String.init) ?? "status \(status)"
      guard let mark = line.range(of: "error: ") else { return line }
      return String(line[mark.upperBound...])
    }
  }

  /// The number of tasks that an array may have.
  ///
  /// Throws `ExperimentError` if there is no Slurm or its controller does not answer.
  func largestArray() throws -> Int {
    let outcome = try run("scontrol", ["show", "config"])
    guard outcome.status == 0 else {
      throw ExperimentError(
        "--engine slurm: Slurm's controller does not answer (\(outcome.complaint)); try later, or "
          + "use --engine local")
    }
    let line = outcome.output.split(separator: "\n").first { $0.hasPrefix("MaxArraySize") }
    guard let size = line?.split(separator: " ").last.flatMap({ Int($0) }) else { return 1001 }
    guard size > 0 else {
      throw ExperimentError(
        "--engine slurm: this Slurm takes no array jobs (MaxArraySize is 0); use --shard instead")
    }
    return size
  }

  /// Submits the tasks `indices` of an array.
  ///
  /// Throws `ExperimentError` with Slurm's reason if it refuses.
  func submit(_ script: String, indices: [Int], options: [String]) throws {
    let array = "--array=\(Self.ranges(indices))"
    let outcome = try run(
      "sbatch", ["--parsable"] + options + ["--job-name=\(name)", array, script])
    guard outcome.status == 0 else {
      throw ExperimentError(
        "sbatch refuses the array (\(outcome.complaint)); check --slurm-option, --tasks, --threads "
          + "and --memory")
    }
  }

  /// The tasks that wait or run; nil if the controller does not answer now.
  func tasks() throws -> [Task]? {
    let outcome = try run(
      "squeue",
      ["--noheader", "--array", "--user=\(getuid())", "--name=\(name)", "--format=%i %t %r"])
    guard outcome.status == 0 else { return nil }
    return outcome.output.split(separator: "\n").compactMap { line in
      let words = line.split(separator: " ", maxSplits: 2)
      guard words.count >= 2, let index = words[0].split(separator: "_").last.flatMap({ Int($0) })
      else { return nil }
      return Task(
        index: index, isRunning: words[1] != "PD",
        reason: words.count > 2 ? words[2].trimmingCharacters(in: .whitespaces) : "")
    }
  }

  /// Asks Slurm to end all tasks.
  func cancel() throws {
    _ = try run("scancel", ["--user=\(getuid())", "--name=\(name)"])
  }

  /// Indices as Slurm writes them, such as `0-3,7`.
  static func ranges(_ indices: [Int]) -> String {
    var ranges: [ClosedRange<Int>] = []
    for index in indices.sorted() {
      if let last = ranges.last, last.upperBound + 1 == index {
        ranges[ranges.count - 1] = last.lowerBound...index
      } else {
        ranges.append(index...index)
      }
    }
    return ranges.map {
      $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)"
    }.joined(separator: ",")
  }

  private func run(_ command: String, _ arguments: [String]) throws -> Outcome {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    let path = folders.map { "\($0)/\(command)" }.first {
      FileManager.default.isExecutableFile(atPath: $0)
    }
    guard let path else {
      throw ExperimentError(
        "--engine slurm: there is no \(command) on the PATH; run this on a machine of a Slurm "
          + "cluster, or use --engine local")
    }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    let (output, errors) = (Pipe(), Pipe())
    process.standardInput = FileHandle.nullDevice
    (process.standardOutput, process.standardError) = (output, errors)
    do {
      try process.run()
    } catch {
      throw ExperimentError("\(path): cannot be started (\(error.localizedDescription))")
    }
    // Complaints are a few lines and fit their pipe's buffer.
    let said = output.fileHandleForReading.readDataToEndOfFile()
    let complained = errors.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return Outcome(
      status: process.terminationStatus, output: String(decoding: said, as: UTF8.self),
      errors: String(decoding: complained, as: UTF8.self))
  }
}
