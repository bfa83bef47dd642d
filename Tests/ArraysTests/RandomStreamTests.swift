import Arrays
import Foundation
import Testing

struct RandomStreamTests {
  @Test func wordsAreThoseOfTheReferenceImplementation() throws {
    // xoshiro256++ from state (1, 2, 3, 4): the vector used by rand_xoshiro, made with the C
    // reference at prng.di.unimi.it.
    let json = #"{"word0":1,"word1":2,"word2":3,"word3":4}"#
    var stream = try JSONDecoder().decode(RandomStream.self, from: Data(json.utf8))
    let expected: [UInt64] = [
      41_943_041, 58_720_359, 3_588_806_011_781_223, 3_591_011_842_654_386,
      9_228_616_714_210_784_205, 9_973_669_472_204_895_162, 14_011_001_112_246_962_877,
      12_406_186_145_184_390_807, 15_849_039_046_786_891_736, 10_450_023_813_501_588_000,
    ]
    #expect(expected.indices.map { _ in stream.next() } == expected)
  }

  @Test func storedStateResumes() throws {
    var stream = RandomStream(seed: 7)
    _ = stream.normal()
    let stored = try JSONEncoder().encode(stream)
    var resumed = try JSONDecoder().decode(RandomStream.self, from: stored)
    #expect(resumed == stream)
    for _ in 0..<5 { #expect(resumed.normal() == stream.normal()) }
    #expect(resumed.next() == stream.next())
  }

  @Test func normalMomentsAreRight() {
    var stream = RandomStream(seed: 1)
    let count = 200_000
    var moments = [Double](repeating: 0, count: 5)
    for _ in 0..<count {
      let value = Double(stream.normal())
      for power in 1...4 { moments[power] += pow(value, Double(power)) / Double(count) }
    }
    // Five standard errors of each moment.
    let error = 5 / Double(count).squareRoot()
    #expect(abs(moments[1]) < error)
    #expect(abs(moments[2] - 1) < error * 2.0.squareRoot())
    #expect(abs(moments[3]) < error * 15.0.squareRoot())
    #expect(abs(moments[4] - 3) < error * 96.0.squareRoot())
  }

  @Test func uniformFillsTheUnitInterval() {
    var stream = RandomStream(seed: 2)
    var bins = [Int](repeating: 0, count: 10)
    for _ in 0..<100_000 {
      let value = stream.uniform()
      #expect(value >= 0 && value < 1)
      bins[Int(value * 10)] += 1
    }
    // Five standard deviations of a bin: 5·√(10⁵·0.1·0.9) ≈ 474.
    #expect(bins.allSatisfy { abs($0 - 10_000) < 475 })
  }

  @Test func splitStreamsAreFixedAndDiffer() {
    let parent = RandomStream(seed: 3)
    var first = parent.split(stream: 0)
    var again = parent.split(stream: 0)
    var second = parent.split(stream: 1)
    let words = (0..<100).map { _ in first.next() }
    #expect((0..<100).map { _ in again.next() } == words)
    #expect(Set((0..<100).map { _ in second.next() }).isDisjoint(with: words))
    #expect(RandomStream(seed: 4).split(stream: 0) != parent.split(stream: 0))
  }
}
