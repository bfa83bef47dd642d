import Foundation
import TestSupport

/// A real Slurm of one node, private to a test, stopped when the value dies.
final class SlurmNode {
  struct Fault: Error, CustomStringConvertible { let description: String }

  private let folder: TemporaryFolder
  /// What programs need in their environment to speak to it.
  var environment: [String: String] { ["SLURM_CONF": folder.file("slurm.conf")] }

  /// The text of its configuration.
  var settings: String { get throws { try folder.text("slurm.conf") } }

  /// Why there can be no Slurm on this machine; nil if there can.
  static let obstacle: String? = {
    do {
      let folder = try TemporaryFolder()
      let outcome = try call(script, ["check", folder.path])
      return outcome.status == 0 ? nil : outcome.errors
    } catch {
      return "\(error)"
    }
  }()

  /// Starts it; throws if it does not start.
  init(largestArray: Int = 101) throws {
    folder = try TemporaryFolder()
    let outcome = try Self.call(
      Self.script, ["start", folder.path, "\(ProcessInfo.processInfo.processIdentifier)"],
      ["MAX_ARRAY_SIZE": "\(largestArray)"])
    guard outcome.status == 0 else { throw Fault(description: outcome.errors) }
  }

  deinit { _ = try? Self.call(Self.script, ["stop", folder.path]) }

  /// What one of Slurm's commands says.
  @discardableResult
  func say(_ command: String, _ arguments: String...) throws -> String {
    try Self.call(command, arguments, environment).output
  }

  private static let script = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Slurm/one-node.sh").path

  private static func call(
    _ command: String, _ arguments: [String], _ environment: [String: String] = [:]
  ) throws -> Program.Outcome {
    let env = Program(folder: "/", path: "/usr/bin/env", environment: environment)
    return try env.started([command] + arguments).outcome()
  }
}
