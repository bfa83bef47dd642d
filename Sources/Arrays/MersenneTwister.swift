/// NumPy's legacy `RandomState`: the 32-bit Mersenne Twister MT19937, bit for bit.
///
/// It exists to reproduce masks and draws published by NumPy programs such as fastMRI; anything
/// new draws from `RandomStream`. Source: Matsumoto and Nishimura, ACM TOMACS 8(1), 1998, and
/// numpy:numpy/random/src/mt19937 and numpy/random/_legacy.
public struct MersenneTwister: Sendable, Equatable {
  private static let size = 624
  private static let shift = 397

  private var state: [UInt32]
  private var position = MersenneTwister.size

  /// The generator of `numpy.random.RandomState(seed)`.
  public init(seed: UInt32) {
    state = [UInt32](repeating: 0, count: Self.size)
    state[0] = seed
    for index in 1..<Self.size {
      let previous = state[index - 1]
      state[index] = 1_812_433_253 &* (previous ^ (previous >> 30)) &+ UInt32(index)
    }
  }

  /// The generator of `numpy.random.RandomState(key)` for a tuple or array of integers.
  ///
  /// An empty `key` is a programmer's error and stops the program.
  public init(key: [UInt32]) {
    precondition(!key.isEmpty, "the key of a Mersenne Twister must hold a number")
    self.init(seed: 19_650_218)
    var index = 1
    var keyIndex = 0
    for _ in 0..<max(Self.size, key.count) {
      let previous = state[index - 1]
      state[index] =
        (state[index] ^ ((previous ^ (previous >> 30)) &* 1_664_525)) &+ key[keyIndex]
        &+ UInt32(keyIndex)
      index += 1
      keyIndex += 1
      if index >= Self.size {
        state[0] = state[Self.size - 1]
        index = 1
      }
      if keyIndex >= key.count { keyIndex = 0 }
    }
    for _ in 0..<(Self.size - 1) {
      let previous = state[index - 1]
      state[index] =
        (state[index] ^ ((previous ^ (previous >> 30)) &* 1_566_083_941)) &- UInt32(index)
      index += 1
      if index >= Self.size {
        state[0] = state[Self.size - 1]
        index = 1
      }
    }
    state[0] = 0x8000_0000
  }

  /// The generator seeded by the Unicode code points of `text`, as fastMRI seeds by file name.
  ///
  /// Source: `seed = tuple(map(ord, fname))`, fastMRI:fastmri/data/transforms.py.
  public init(codePointsOf text: String) {
    self.init(key: text.unicodeScalars.map(\.value))
  }

  /// The next 32 random bits.
  public mutating func nextUInt32() -> UInt32 {
    if position == Self.size { refill() }
    var value = state[position]
    position += 1
    value ^= value >> 11
    value ^= (value << 7) & 0x9d2c_5680
    value ^= (value << 15) & 0xefc6_0000
    return value ^ (value >> 18)
  }

  /// A number in [0, 1) with 53 random bits, like `RandomState.uniform()`.
  public mutating func uniform() -> Double {
    let high = Double(nextUInt32() >> 5)
    let low = Double(nextUInt32() >> 6)
    return (high * 67_108_864 + low) / 9_007_199_254_740_992
  }

  /// An integer in `0..<upperBound`, like `RandomState.randint(0, upperBound)`.
  ///
  /// The legacy rule: mask the draw to the smallest sufficient number of bits and draw again while
  /// it is too large. A bound of 1 costs no draw.
  public mutating func randomInteger(below upperBound: Int) -> Int {
    precondition(upperBound >= 1 && upperBound <= 1 << 32, "the bound must lie in 1...2^32")
    let largest = UInt32(upperBound - 1)
    if largest == 0 { return 0 }
    let mask = UInt32.max >> UInt32(largest.leadingZeroBitCount)
    while true {
      let draw = nextUInt32() & mask
      if draw <= largest { return Int(draw) }
    }
  }

  private mutating func refill() {
    state.withUnsafeMutableBufferPointer { state in
      for index in 0..<Self.size {
        let joined =
          (state[index] & 0x8000_0000) | (state[(index + 1) % Self.size] & 0x7fff_ffff)
        let twist: UInt32 = joined & 1 == 0 ? 0 : 0x9908_b0df
        state[index] = state[(index + Self.shift) % Self.size] ^ (joined >> 1) ^ twist
      }
    }
    position = 0
  }
}
