import Foundation

/// The rows of a random Gaussian matrix, each made anew from the seed whenever it is wanted.
///
/// Entry k of row i depends on the seed, i and k alone. Sixteen random bits choose one of 65,536 equally
/// likely values, the quantiles of the normal distribution in the middle of each, scaled to variance 1: one
/// table look-up an entry, where Box and Muller's transform would make the operator ten times slower. The
/// largest value is 4.3; no test of compressed sensing looks beyond that.
struct GaussianRows: Sendable {
  let seed: UInt64
  /// Entries of a row.
  let count: Int

  /// Writes row `row` into `values`, of `count` floats.
  func write(_ row: Int, into values: UnsafeMutablePointer<Float>) {
    let start = Self.mixed(Self.mixed(seed) ^ (UInt64(row) &* 0xd1b5_4a32_d192_ed03))
    Self.quantiles.withUnsafeBufferPointer { table in
      var state = start
      var place = 0
      while place + 4 <= count {
        state &+= Self.step
        let bits = Self.mixed(state)
        values[place] = table[Int(bits & 0xffff)]
        values[place + 1] = table[Int((bits >> 16) & 0xffff)]
        values[place + 2] = table[Int((bits >> 32) & 0xffff)]
        values[place + 3] = table[Int(bits >> 48)]
        place += 4
      }
      var bits = Self.mixed(state &+ Self.step)
      while place < count {
        values[place] = table[Int(bits & 0xffff)]
        bits >>= 16
        place += 1
      }
    }
  }

  private static let step: UInt64 = 0x9e37_79b9_7f4a_7c15

  /// The output function of SplitMix64 (Steele, Lea and Flood, OOPSLA 2014).
  private static func mixed(_ state: UInt64) -> UInt64 {
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  /// Φ⁻¹((k + ½) / 65,536), of variance 1.
  static let quantiles: [Float] = {
    let count = 65_536
    // The upper half by Newton's method from the value before; the lower one is its mirror image.
    var upper: [Double] = []
    var x = 0.0
    for k in 0..<count / 2 {
      let wanted = 0.5 - (Double(k) + 0.5) / Double(count)
      for _ in 0..<50 {
        let tail = 0.5 * erfc(x / 2.0.squareRoot())
        let density = exp(-0.5 * x * x) / (2 * Double.pi).squareRoot()
        let move = (tail - wanted) / density
        x += move
        if abs(move) < 1e-14 { break }
      }
      upper.append(x)
    }
    let deviation =
      (upper.reduce(0) { $0 + $1 * $1 } / Double(upper.count)).squareRoot()
    let scaled = upper.map { Float($0 / deviation) }
    return scaled.reversed().map { -$0 } + scaled
  }()
}
