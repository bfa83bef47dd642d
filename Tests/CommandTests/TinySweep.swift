import Arrays
import Foundation
import Numerics
import TestSupport
import Testing

/// A protocol on scans so small that hundreds of jobs take seconds, in a folder of its own.
final class TinySweep {
  let folder: TemporaryFolder
  var program: Program
  /// The protocol's text, which `writeProtocol` makes a file.
  var text: String

  /// Writes the scans, named by their keys, and a protocol that asks for `masks` masks and both
  /// `methods` of each.
  init(
    scans: [String: SyntheticScan] = ["disc": TinySweep.scan], masks: Int,
    methods: [String] = ["zero-filled", "sense"], images: String = "none"
  ) throws {
    folder = try TemporaryFolder()
    program = Program(folder: folder.path)
    text = """
      version: 1
      name: tiny
      title: A tiny sweep
      dataset: data.yaml
      masks:
        - pattern: random
          accelerations: [2]
          center_fraction: 0.3
          seeds: [\((0..<masks).map(String.init).joined(separator: ", "))]
      methods:
      \(methods.map { "  - name: \($0)\n" }.joined())images: \(images)

      """
    var manifest = """
      version: 1
      name: tiny
      title: Tiny scans
      licence: none
      source: made by the test
      origin: simulated
      scans:

      """
    for (name, scan) in scans.sorted(by: { $0.key < $1.key }) {
      try scan.write(folder.file("\(name).h5"))
      manifest += "  - {name: \(name), patient: \(name), anatomy: disc, contrast: none}\n"
    }
    try folder.write(Data(manifest.utf8), "data.yaml")
    try writeProtocol()
  }

  static var scan: SyntheticScan { SyntheticScan(slices: 1, coils: 4, rows: 32, columns: 40) }

  /// A scan that can be read and that no method can use: too few rows of its k-space hold anything.
  static var narrowScan: SyntheticScan {
    var scan = scan
    scan.spoil = { kspace in
      for index in kspace.values.indices where !(15..<18).contains(index / 40 % 32) {
        kspace.values[index] = .zero
      }
    }
    return scan
  }

  /// A scan that cannot be used: one coil holds nothing.
  static var emptyScan: SyntheticScan {
    var scan = scan
    scan.spoil = { for index in 1280..<2560 { $0.values[index] = .zero } }
    return scan
  }

  func writeProtocol() throws { try folder.write(Data(text.utf8), "protocol.yaml") }

  /// Starts the sweep in the folder `run`.
  func started(_ run: String, _ arguments: [String] = []) throws -> Program.Running {
    try program.started(["sweep", "protocol.yaml", "-o", run] + arguments)
  }

  /// Runs the sweep in the folder `run` to its end.
  func run(_ run: String, _ arguments: String...) throws -> Program.Outcome {
    try started(run, arguments).outcome()
  }

  /// The ids of the jobs of `run` that have a result.
  func done(_ run: String) -> [String] { ids(run, "jobs") }
  /// The ids of the jobs of `run` with a recorded failure.
  func failed(_ run: String) -> [String] { ids(run, "failures") }

  private func ids(_ run: String, _ kind: String) -> [String] {
    folder.names(in: "\(run)/\(kind)").filter { $0.hasSuffix(".json") }
      .map { String($0.dropLast(5)) }
  }

  /// The bytes of all tables of `run` by their names, except of those that tell what jobs cost.
  func tables(_ run: String) throws -> [String: Data] {
    var tables: [String: Data] = [:]
    let kinds = ["csv", "md", "tex"]
    for name in folder.names(in: run)
    where kinds.contains((name as NSString).pathExtension) && !name.contains("cost") {
      tables[name] = try Data(contentsOf: URL(fileURLWithPath: folder.file("\(run)/\(name)")))
    }
    return tables
  }

  /// Checks that two runs gave the same tables, to the last byte.
  func expectSameTables(
    _ run: String, _ other: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let (tables, others) = (try tables(run), try tables(other))
    #expect(tables["results.csv"] != nil, sourceLocation: sourceLocation)
    #expect(tables.keys.sorted() == others.keys.sorted(), sourceLocation: sourceLocation)
    for (name, bytes) in tables {
      #expect(bytes == others[name], "\(name)", sourceLocation: sourceLocation)
    }
  }

  /// The processes of `run` whose command line holds `word`; `sweep` for all of them.
  func processes(_ run: String, _ word: String) -> [Int32] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return names.compactMap { Int32($0) }.filter { process in
      guard let bytes = FileManager.default.contents(atPath: "/proc/\(process)/cmdline") else {
        return false
      }
      let words = bytes.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
      return words.contains(word) && words.contains { $0 == run || $0.hasSuffix("/\(run)") }
        && Self.workingFolder(process, isOrNames: folder.path, words)
    }
  }

  private static func workingFolder(
    _ process: Int32, isOrNames path: String, _ words: [String]
  ) -> Bool {
    let own = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(process)/cwd")
    let name = (path as NSString).lastPathComponent
    return own?.hasSuffix(name) == true || words.contains { $0.contains(name) }
  }

  /// Flips one byte in the middle of a file of the folder.
  func flipByte(_ name: String) throws {
    var bytes = try Data(contentsOf: URL(fileURLWithPath: folder.file(name)))
    bytes[bytes.count / 2] ^= 1
    try folder.write(bytes, name)
  }
}

/// Waits until something is so, for at most four minutes of a busy machine; whether it came true.
func eventually(_ condition: () throws -> Bool) rethrows -> Bool {
  let began = ContinuousClock.now
  while ContinuousClock.now - began < .seconds(240) {
    if try condition() { return true }
    usleep(5_000)
  }
  return false
}

/// Checks that a run ended with one sentence that holds `words`.
func expectOneSentence(
  _ outcome: Program.Outcome, _ words: String, status: Int32 = 1,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(outcome.status == status, sourceLocation: sourceLocation)
  #expect(outcome.errors.contains(words), "\(outcome.errors)", sourceLocation: sourceLocation)
  #expect(
    outcome.complaints.count == 1, "\(outcome.errors)", sourceLocation: sourceLocation)
}

extension Program.Outcome {
  /// The lines on the standard error, without those of progress that a busy machine gives time for.
  var complaints: [Substring] {
    errors.split(separator: "\n").filter {
      !$0.contains("jobs ·") && !$0.hasSuffix(" jobs") && !$0.hasPrefix("looking at ")
    }
  }
}
