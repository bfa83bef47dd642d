import Arrays
import Numerics

/// How well a point of an l1 ball is approximated by few atoms, against Maurey's bound.
///
/// Of v with ‖v‖₁ ≤ r the mean of k atoms ± r eᵢ, drawn with the probabilities |vᵢ| / r (and 0 with what is
/// left), has the mean v and E ‖error‖² = (r ‖v‖₁ − ‖v‖²) / k ≤ r² / k. So some k-sparse point of the ball is within
/// r / √k of v: what the covering numbers of ILO's theorem 2 rest on (Daras et al., ICML 2021; Pisier 1981).
public enum MaureyCheck {
  public struct Row: Sendable, Equatable, Codable {
    /// Which kind of point, in a word.
    public var kind: String
    /// k.
    public var atoms: Int
    /// The root of the mean squared error of such means, over r.
    public var error: Double
    /// What it is by the formula.
    public var expected: Double
    /// The least error met, over r.
    public var least: Double
    /// 1 / √k.
    public var bound: Double
    /// The error over r of the k largest values, the best that k atoms of any weights can do.
    public var bestTerms: Double
  }

  static let atoms = [1, 2, 4, 8, 16, 32, 64, 128, 256]
  /// Values of a point.
  public static let count = 2000

  /// Points with equal values, with values that fall like 1 / i, and with eight values, of radius 1.
  static func rows(trials: Int, seed: UInt64) -> [Row] {
    var random = RandomStream(seed: seed).split(stream: 0x6d61)
    let kinds: [(String, (Int) -> Double)] = [
      ("equal values", { _ in 1 }), ("values like 1/i", { 1 / Double($0 + 1) }),
      ("eight values", { $0 < 8 ? 1 : 0 }),
    ]
    return kinds.flatMap { kind, size in
      var point = (0..<count).map { (random.uniform() < 0.5 ? -1 : 1) * size($0) }
      let sum = point.reduce(0.0) { $0 + abs($1) }
      for index in point.indices { point[index] /= sum }
      return atoms.map { row(point, radius: 1, kind: kind, atoms: $0, trials: trials, &random) }
    }
  }

  static func row(
    _ point: [Double], radius: Double, kind: String, atoms: Int, trials: Int,
    _ random: inout RandomStream
  ) -> Row {
    // The ends of the pieces of [0, r) that stand for the atoms; behind the last one stands 0.
    var ends: [Double] = []
    var sum = 0.0
    for value in point {
      sum += abs(value)
      ends.append(sum)
    }
    let square = point.reduce(0.0) { $0 + $1 * $1 }
    var (total, least) = (0.0, Double.infinity)
    for _ in 0..<trials {
      var counts: [Int: Int] = [:]
      for _ in 0..<atoms {
        let place = radius * Double.random(in: 0..<1, using: &random)
        if let atom = firstIndex(ends, above: place) { counts[atom, default: 0] += 1 }
      }
      // ‖v − w‖² = ‖v‖² + Σ over the atoms hit of (v − w)² − v².
      let error = counts.sorted { $0.key < $1.key }.reduce(square) { error, entry in
        let value = point[entry.key]
        let mean = radius * Double(entry.value) / Double(atoms) * (value < 0 ? -1 : 1)
        return error + (value - mean) * (value - mean) - value * value
      }
      total += error
      least = min(least, error)
    }
    let tail = point.map { $0 * $0 }.sorted(by: >).dropFirst(atoms).reduce(0, +)
    return Row(
      kind: kind, atoms: atoms, error: (total / Double(trials)).squareRoot() / radius,
      expected: ((radius * sum - square) / Double(atoms)).squareRoot() / radius,
      least: max(0, least).squareRoot() / radius, bound: 1 / Double(atoms).squareRoot(),
      bestTerms: tail.squareRoot() / radius)
  }

  /// The first of ascending `ends` that is greater than `place`; nil if none is.
  private static func firstIndex(_ ends: [Double], above place: Double) -> Int? {
    var (low, high) = (0, ends.count)
    while low < high {
      let middle = (low + high) / 2
      if ends[middle] > place { high = middle } else { low = middle + 1 }
    }
    return low < ends.count ? low : nil
  }
}
