/// A question to a peer; Tests/PeerChecks/benchmark/peer.py says how the two talk.
struct PeerQuestion: Encodable {
  var command: String
  var job: String?
  var threads: Int?
  /// Whether the choice of the quicker form may be left out.
  var quick: Bool?
  /// Where results go.
  var folder: String?
  var inputs: [String: String]?
  var numbers: [String: Double]?
  var texts: [String: String]?
  var repeats: Int?

  init(_ command: String) { self.command = command }
}

/// A peer's answer; which parts are there depends on the question.
struct PeerAnswer: Decodable {
  var error: String?
  var versions: [String: String]?
  /// Paths of arrays by name.
  var results: [String: String]?
  /// The variant that the peer runs.
  var form: String?
  /// The time of each run, without start-up and files where the peer is a program of its own.
  var seconds: [Double]?
  /// The same with start-up and files.
  var gross: [Double]?
}

/// What a peer is to do in a comparison.
struct PeerJob {
  /// The name of the job in the peer's script.
  var job: String
  var numbers: [String: Double] = [:]
  var texts: [String: String] = [:]
}

/// The programs that can be compared with.
public enum PeerName: String, CaseIterable, Codable, Sendable {
  case bart
  case sigpy
  case pytorch

  /// The peer's script.
  var script: String { "\(rawValue)_peer.py" }

  /// What the environment is given so that the peer runs at its best.
  func environment(threads: Int) -> [String: String] {
    var variables = ["OMP_NUM_THREADS": String(threads), "PYTHONDONTWRITEBYTECODE": "1"]
    if self == .pytorch {
      // Large blocks stay in one heap instead of going back to the kernel at every step.
      variables["MALLOC_MMAP_MAX_"] = "0"
      variables["MALLOC_TRIM_THRESHOLD_"] = "8589934592"
      variables["MALLOC_TOP_PAD_"] = "67108864"
      variables["MALLOC_ARENA_MAX"] = "1"
    }
    return variables
  }
}
