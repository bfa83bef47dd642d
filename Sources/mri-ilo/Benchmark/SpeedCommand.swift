import ArgumentParser
import Arrays
import Benchmarks
import Experiments
import Foundation

/// `mri-ilo benchmark speed`: times of every hot piece, or ratios to other programs'.
struct SpeedCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "speed",
    abstract: "Time every hot piece, alone or against BART, SigPy and PyTorch.",
    discussion: """
      Alone, each piece is shown with its rate and its share of the machine's peak and bandwidth, \
      which are measured first. With --against, we and the peers work on the same data in turns; a \
      result of theirs that is not ours within a stated tolerance is marked.

        mri-ilo benchmark
        mri-ilo benchmark --filter generator --threads 2
        mri-ilo benchmark --against bart,sigpy,pytorch --json ratios.json
      """)

  @Option(help: "Time only pieces whose name holds this text.")
  var filter: String?

  @Option(
    help: ArgumentHelp(
      "Numbers of threads (default: 1 and all cores; with --against all cores).",
      valueName: "numbers"))
  var threads: String?

  @Option(
    help: ArgumentHelp(
      "Programs to compare with: bart, sigpy, pytorch.", valueName: "names"))
  var against: String?

  @Option(help: ArgumentHelp("Folder of the peers' scripts.", valueName: "folder"))
  var peers: String?

  @Option(help: "Counted runs of each piece, or turns of each comparison (default: by its time).")
  var repeats: Int?

  @Option(help: ArgumentHelp("Weights file of the generator.", valueName: "file"))
  var weights: String?

  @Option(help: ArgumentHelp("Also write the results to a JSON file.", valueName: "file"))
  var json: String?

  @Flag(help: "Small sizes and few runs, to see that all works; the times mean nothing.")
  var quick = false

  @Flag(help: "List the pieces and stop.")
  var list = false

  func validate() throws {
    _ = try threadCounts()
    _ = try peerNames()
    if let repeats, repeats < 1 { throw ValidationError("--repeats must be at least 1") }
  }

  func run() throws {
    MemoryReuse.keepLargeBlocks()
    let data = try BenchmarkData(
      sizes: quick ? .quick : .standard, weightsPath: WeightsLocation(option: weights).path())
    // Ctrl-C takes the peers and the shared files along.
    let stop = StopHandler {
      Peers.endAll()
      data.removeFiles()
    }
    defer {
      stop.cancel()
      data.removeFiles()
    }
    if let peers = try peerNames() {
      try compare(data, with: peers)
    } else {
      try time(data)
    }
  }

  // MARK: - Alone

  private func time(_ data: BenchmarkData) throws {
    let pieces = SpeedPiece.all(data).filter { piece in
      filter.map { piece.name.localizedCaseInsensitiveContains($0) } ?? true
    }
    if list {
      for piece in pieces { say(piece.name) }
      return
    }
    guard !pieces.isEmpty else { throw nothingMatches }
    let machine = machine()
    say(BenchmarkText.heading(machine))
    say(BenchmarkText.speedHeader)
    var repetition = quick ? Repetition.quick : Repetition()
    if let repeats { repetition.fixed = repeats }
    var results: [SpeedResult] = []
    for piece in pieces {
      for count in try threadCounts() {
        let result = try piece.timed(
          threads: count, repetition: repetition, limit: machine.limit(threads: count))
        say(BenchmarkText.line(result))
        results.append(result)
      }
    }
    if let json {
      try BenchmarkFile.write(
        BenchmarkFile.SpeedTable(machine: machine, pieces: results), to: json)
    }
  }

  // MARK: - Against others

  private func compare(_ data: BenchmarkData, with peers: [PeerName]) throws {
    let folder = try PeerScripts.folder(
      option: self.peers, executable: CommandLine.arguments.first.map(Self.program) ?? "")
    let machine = list ? nil : machine()
    let run = ComparisonRun(
      data: data, scripts: folder, peers: peers, filter: filter,
      processor: machine?.processor ?? "", isQuick: quick, turns: repeats)
    guard !run.names.isEmpty else { throw nothingMatches }
    if list {
      for name in run.names { say(name) }
      return
    }
    if let machine { say(BenchmarkText.heading(machine)) }
    say(BenchmarkText.comparisonHeader)
    var results: [PeerRatio] = []
    for count in try threadCounts() {
      run.run(threads: count) { event in
        switch event {
        case .result(let result):
          say(BenchmarkText.line(result))
          results.append(result)
        case .failure(let text):
          say(text, to: .standardError)
        }
      }
    }
    if let json { try BenchmarkFile.write(results, to: json) }
    if results.isEmpty { throw ExitCode.failure }
  }

  /// Writes a line at once, also into a pipe: a comparison can take minutes.
  private func say(_ line: String, to file: FileHandle = .standardOutput) {
    file.write(Data((line + "\n").utf8))
  }

  /// The path of the running program; `name` is what it was called by.
  private static func program(_ name: String) -> String {
    (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? name
  }

  private func machine() -> Machine {
    let counts = (try? threadCounts()) ?? [1]
    return Machine(threads: counts, copiedBytes: quick ? 16 << 20 : 256 << 20)
  }

  private var nothingMatches: BenchmarkError {
    BenchmarkError(
      "no piece's name holds '\(filter ?? "")'; 'mri-ilo benchmark --list' lists them")
  }

  private func threadCounts() throws -> [Int] {
    let cores = ProcessInfo.processInfo.activeProcessorCount
    guard let threads else { return against != nil || cores == 1 ? [cores] : [1, cores] }
    let counts = threads.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
    guard counts.allSatisfy({ ($0 ?? 0) >= 1 }) else {
      throw ValidationError("--threads \(threads): give whole numbers separated by commas")
    }
    return counts.compactMap { $0 }
  }

  private func peerNames() throws -> [PeerName]? {
    guard let against else { return nil }
    return try against.split(separator: ",", omittingEmptySubsequences: false).map { name in
      guard let peer = PeerName(rawValue: String(name)) else {
        let known = PeerName.allCases.map(\.rawValue).joined(separator: ", ")
        throw ValidationError("--against \(against): the peers are \(known)")
      }
      return peer
    }
  }
}
