import Foundation

/// A seeded stream of random numbers whose whole state can be stored and compared.
///
/// The generator is xoshiro256++ (Blackman and Vigna, ACM TOMS 47(4), 2021), seeded through
/// splitmix64 as its authors advise. Equal streams give equal numbers: a checkpoint that stores the
/// stream resumes exactly where it stopped.
public struct RandomStream: RandomNumberGenerator, Sendable, Equatable, Codable {
  private var word0: UInt64
  private var word1: UInt64
  private var word2: UInt64
  private var word3: UInt64
  /// The second value of the last Box–Muller pair, part of the state.
  private var spareNormal: Float?

  /// The stream that belongs to `seed`.
  public init(seed: UInt64) {
    var mixer = seed
    word0 = Self.splitMix(&mixer)
    word1 = Self.splitMix(&mixer)
    word2 = Self.splitMix(&mixer)
    word3 = Self.splitMix(&mixer)
  }

  /// The next 64 random bits.
  public mutating func next() -> UInt64 {
    let result = Self.rotate(word0 &+ word3, 23) &+ word0
    let shifted = word1 << 17
    word2 ^= word0
    word3 ^= word1
    word1 ^= word2
    word0 ^= word3
    word2 ^= shifted
    word3 = Self.rotate(word3, 45)
    return result
  }

  /// A number uniform in [0, 1), a multiple of 2⁻²⁴.
  public mutating func uniform() -> Float {
    Float(next() >> 40) * 0x1p-24
  }

  /// A number from the standard normal distribution, by the Box–Muller transform.
  ///
  /// One draw makes two values: 40 of its bits the radius, so that the tails reach beyond 7
  /// standard deviations, and 24 the angle.
  public mutating func normal() -> Float {
    if let spare = spareNormal {
      spareNormal = nil
      return spare
    }
    let pair = Self.normalPair(next())
    spareNormal = pair.1
    return pair.0
  }

  /// The two values that `normal` makes of one draw of `next`, for those who share the work out.
  public static func normalPair(_ bits: UInt64) -> (Float, Float) {
    let radius = (-2 * log((Double(bits >> 24) + 1) * 0x1p-40)).squareRoot()
    let angle = 2 * Double.pi * Double(bits & 0xff_ffff) * 0x1p-24
    return (Float(radius * cos(angle)), Float(radius * sin(angle)))
  }

  /// An independent stream, fixed by this stream's present state and the number `stream`.
  ///
  /// This stream does not advance: the streams 0, 1, 2, … of one parent may be made in any order,
  /// for instance one for each image of a batch.
  public func split(stream: UInt64) -> RandomStream {
    var mixer = stream
    var seed = Self.splitMix(&mixer)
    for word in [word0, word1, word2, word3] {
      mixer = seed ^ word
      seed = Self.splitMix(&mixer)
    }
    return RandomStream(seed: seed)
  }

  private static func rotate(_ value: UInt64, _ bits: UInt64) -> UInt64 {
    (value << bits) | (value >> (64 - bits))
  }

  private static func splitMix(_ state: inout UInt64) -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var value = state
    value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
    value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
    return value ^ (value >> 31)
  }
}
