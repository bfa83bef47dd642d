import Foundation

/// Runs comparisons: each with every peer that is there, in turns.
public struct ComparisonRun {
  /// What a run reports while it goes on.
  public enum Event {
    case result(PeerRatio)
    /// A sentence on a peer that is not there or a comparison that failed.
    case failure(String)
  }

  private let data: BenchmarkData
  private let scripts: String
  private let peers: [PeerName]
  private let processor: String
  private let isQuick: Bool
  /// The turns of each comparison; nil to choose them by time.
  private let fixedTurns: Int?
  private let comparisons: [Comparison]

  /// Comparisons whose piece's name holds `filter`, or all.
  public init(
    data: BenchmarkData, scripts: String, peers: [PeerName], filter: String?, processor: String,
    isQuick: Bool, turns: Int?
  ) {
    self.data = data
    self.scripts = scripts
    self.peers = peers
    self.processor = processor
    self.isQuick = isQuick
    fixedTurns = turns ?? (isQuick ? 2 : nil)
    comparisons = Comparison.all(data).filter { comparison in
      filter.map { comparison.piece.localizedCaseInsensitiveContains($0) } ?? true
    }
  }

  /// The names of the comparisons with the peers of each.
  public var names: [String] {
    comparisons.compactMap { comparison in
      let asked = comparison.jobs.map(\.peer).filter(peers.contains).map(\.rawValue)
      return asked.isEmpty ? nil : "\(comparison.piece)  (\(asked.joined(separator: ", ")))"
    }
  }

  /// Runs all with this number of threads.
  public func run(threads: Int, report: (Event) -> Void) {
    withThreads(threads) {
      var started: [PeerName: PeerProcess] = [:]
      for peer in peers where comparisons.contains(where: { $0.jobs.contains { $0.peer == peer } })
      {
        do throws(BenchmarkError) {
          started[peer] = try PeerProcess(
            peer, scripts: scripts, threads: threads, folder: data.folder.path)
        } catch {
          report(.failure(error.description))
        }
      }
      for comparison in comparisons {
        for (peer, job) in comparison.jobs {
          guard let process = started[peer] else { continue }
          do {
            report(.result(try compare(comparison, job, with: process, threads: threads)))
          } catch {
            report(.failure("\(comparison.piece): \(error)"))
          }
        }
      }
    }
  }

  private func compare(
    _ comparison: Comparison, _ job: PeerJob, with peer: PeerProcess, threads: Int
  ) throws -> PeerRatio {
    let inputs = try comparison.inputs()
    var question = PeerQuestion("prepare")
    question.job = job.job
    question.threads = threads
    question.quick = isQuick
    question.folder = data.folder.path
    question.inputs = inputs.arrays
    question.numbers = job.numbers
    question.texts = inputs.texts.merging(job.texts) { $1 }
    let prepared = try peer.ask(question)
    let ours = try comparison.ours(prepared.results ?? [:])

    // A turn lasts a tenth of a second on either side, or one run.
    try ours.run()
    let ourFirst = try elapsedSeconds(of: ours.run)
    let peerFirst = try Self.times(of: peer, repeats: 1).seconds[0]
    let (ourRepeats, peerRepeats) = (repeats(ourFirst), repeats(peerFirst))
    var turns: [PeerRatio.Turn] = []
    for _ in 0..<turnCount(ourFirst + peerFirst) {
      // A short run finds the caches as the other side has left them; the first does not count.
      if ourRepeats > 1 { try ours.run() }
      let own = try (0..<ourRepeats).map { _ in try elapsedSeconds(of: ours.run) }
      var (net, gross) = try Self.times(
        of: peer, repeats: peerRepeats > 1 ? peerRepeats + 1 : peerRepeats)
      if peerRepeats > 1 {
        net.removeFirst()
        gross = gross.map { Array($0.dropFirst()) }
      }
      turns.append(
        PeerRatio.Turn(
          ours: Spread(own).median, peer: Spread(net).median, gross: gross.map { Spread($0).median }
        ))
    }
    return PeerRatio(
      piece: comparison.piece, threads: threads, peer: peer.name, versions: peer.versions,
      form: prepared.form ?? "", turns: turns, agreement: ours.agreement, note: ours.note,
      processor: processor)
  }

  private static func times(
    of peer: PeerProcess, repeats: Int
  ) throws(BenchmarkError) -> (seconds: [Double], gross: [Double]?) {
    var question = PeerQuestion("run")
    question.repeats = repeats
    let answer = try peer.ask(question)
    guard let times = answer.seconds, times.count == repeats, times.allSatisfy({ $0 > 0 }) else {
      throw BenchmarkError("\(peer.name.rawValue): no times in the answer")
    }
    return (times, answer.gross)
  }

  private func repeats(_ first: Double) -> Int {
    isQuick ? 1 : max(1, min(50, Int((0.1 / max(first, 1e-6)).rounded())))
  }

  /// Eleven turns of what is short, five of what takes a second, three of what takes longer.
  private func turnCount(_ both: Double) -> Int {
    fixedTurns ?? (both < 0.5 ? 11 : both < 3 ? 5 : 3)
  }
}
