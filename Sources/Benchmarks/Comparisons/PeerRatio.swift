/// How fast a peer does what we do, both in turns in one run.
public struct PeerRatio: Codable, Equatable, Sendable {
  public let piece: String
  public let threads: Int
  /// The median over our turns.
  public let oursMs: Double
  public let peer: String
  /// The median over the peer's turns, without start-up and files.
  public let peerMs: Double
  /// The same with start-up and files, where the peer is a program of its own.
  public let peerGrossMs: Double?
  /// The median over the turns of the peer's time over ours: above 1 where we are faster.
  public let ratio: Double
  /// The ratios' quartiles, or the smallest and the largest of fewer than five turns.
  public let ratioLow: Double
  public let ratioHigh: Double
  public let turns: Int
  /// How the peer does it.
  public let form: String
  public let peerVersions: [String: String]
  /// Whether the peer's results are ours within the tolerances.
  public let agrees: Bool
  /// The differences by name.
  public let differences: [String: Double]
  public let tolerances: [String: Double]
  /// What else must be known to read the figures.
  public let note: String?
  public let processor: String

  /// A turn of each: seconds of ours and of the peer's.
  struct Turn {
    var ours: Double
    var peer: Double
    var gross: Double?
  }

  init(
    piece: String, threads: Int, peer: PeerName, versions: [String: String], form: String,
    turns: [Turn], agreement: [Comparison.Agreement], note: String?, processor: String
  ) {
    self.piece = piece
    self.threads = threads
    self.peer = peer.rawValue
    self.form = form
    peerVersions = versions
    oursMs = 1000 * Spread(turns.map(\.ours)).median
    peerMs = 1000 * Spread(turns.map(\.peer)).median
    let gross = turns.compactMap(\.gross)
    peerGrossMs = gross.isEmpty ? nil : 1000 * Spread(gross).median
    let ratios = turns.map { $0.peer / $0.ours }
    let spread = Spread(ratios)
    let few = ratios.count < 5
    ratio = spread.median
    ratioLow = few ? ratios.min() ?? 0 : spread.lowerQuartile
    ratioHigh = few ? ratios.max() ?? 0 : spread.upperQuartile
    self.turns = turns.count
    agrees = agreement.allSatisfy(\.holds)
    // JSON has no infinity and no NaN; a difference that is no number is -1 there and never agrees.
    differences = Dictionary(
      uniqueKeysWithValues: agreement.map {
        ($0.name, $0.difference.isFinite ? $0.difference : -1)
      })
    tolerances = Dictionary(uniqueKeysWithValues: agreement.map { ($0.name, $0.tolerance) })
    self.note = note
    self.processor = processor
  }
}
