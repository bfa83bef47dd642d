import Foundation

/// SHA-256 after FIPS 180-4, for comparing masks with recorded digests.
enum SHA256 {
  /// The digest of the bytes of `text` in hexadecimal.
  static func hexadecimal(of text: String) -> String {
    var message = Array(text.utf8)
    let bitCount = UInt64(message.count) * 8
    message.append(0x80)
    while message.count % 64 != 56 { message.append(0) }
    for shift in stride(from: UInt64(56), through: 0, by: -8) {
      message.append(UInt8(truncatingIfNeeded: bitCount >> shift))
    }
    var hash = primes(8).map { fraction($0, cube: false) }
    let constants = primes(64).map { fraction($0, cube: true) }
    for block in stride(from: 0, to: message.count, by: 64) {
      var schedule = (0..<16).map { word in
        (0..<4).reduce(UInt32(0)) { $0 << 8 | UInt32(message[block + word * 4 + $1]) }
      }
      for index in 16..<64 {
        let early = schedule[index - 15]
        let late = schedule[index - 2]
        let first = rotate(early, 7) ^ rotate(early, 18) ^ (early >> 3)
        let second = rotate(late, 17) ^ rotate(late, 19) ^ (late >> 10)
        schedule.append(schedule[index - 16] &+ first &+ schedule[index - 7] &+ second)
      }
      var word = hash
      for index in 0..<64 {
        let mixed = rotate(word[4], 6) ^ rotate(word[4], 11) ^ rotate(word[4], 25)
        let choice = (word[4] & word[5]) ^ (~word[4] & word[6])
        let first = word[7] &+ mixed &+ choice &+ constants[index] &+ schedule[index]
        let sum = rotate(word[0], 2) ^ rotate(word[0], 13) ^ rotate(word[0], 22)
        let majority = (word[0] & word[1]) ^ (word[0] & word[2]) ^ (word[1] & word[2])
        word = [first &+ sum &+ majority] + word[0..<7]
        word[4] = word[4] &+ first
      }
      hash = zip(hash, word).map { $0 &+ $1 }
    }
    return hash.map { value in
      let digits = String(value, radix: 16)
      return String(repeating: "0", count: 8 - digits.count) + digits
    }.joined()
  }

  private static func rotate(_ value: UInt32, _ bits: UInt32) -> UInt32 {
    (value >> bits) | (value << (32 - bits))
  }

  private static func primes(_ count: Int) -> [UInt64] {
    var found: [UInt64] = []
    var candidate: UInt64 = 2
    while found.count < count {
      if !found.contains(where: { candidate % $0 == 0 }) { found.append(candidate) }
      candidate += 1
    }
    return found
  }

  /// The first 32 bits of the fractional part of the prime's square or cube root.
  private static func fraction(_ prime: UInt64, cube: Bool) -> UInt32 {
    let root = cube ? cbrt(Double(prime)) : Double(prime).squareRoot()
    return UInt32((root - root.rounded(.down)) * 0x1p32)
  }
}
