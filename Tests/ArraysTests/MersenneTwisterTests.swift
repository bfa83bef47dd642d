import Arrays
import Testing

struct MersenneTwisterTests {
  // Recorded from numpy 2.4.6, RandomState(tuple(map(ord, "file1000000.h5"))).
  private func fileGenerator() -> MersenneTwister {
    MersenneTwister(codePointsOf: "file1000000.h5")
  }

  @Test func rawWordsAreThoseOfNumPy() {
    var generator = fileGenerator()
    let words = (0..<5).map { _ in generator.nextUInt32() }
    #expect(words == [4_288_250_345, 969_643_274, 2_117_938_922, 555_523_212, 2_729_346_673])
  }

  @Test func uniformsAreThoseOfNumPy() {
    var generator = fileGenerator()
    let draws = (0..<5).map { _ in generator.uniform() }
    #expect(
      draws == [
        0.9984360875618656, 0.4931210810642155, 0.6354755401732134, 0.8100418414859077,
        0.11387687118892309,
      ])
  }

  @Test func boundedIntegersAreThoseOfNumPy() {
    var four = fileGenerator()
    #expect((0..<5).map { _ in four.randomInteger(below: 4) } == [1, 2, 2, 0, 1])
    var six = fileGenerator()
    #expect((0..<8).map { _ in six.randomInteger(below: 6) } == [1, 2, 2, 4, 1, 4, 5, 3])
  }

  @Test func boundOfOneCostsNoDraw() {
    var generator = fileGenerator()
    #expect(generator.randomInteger(below: 1) == 0)
    #expect(generator == fileGenerator())
  }

  @Test func integerSeedIsThatOfNumPy() {
    var generator = MersenneTwister(seed: 1234)
    let draws = (0..<3).map { _ in generator.uniform() }
    #expect(draws == [0.1915194503788923, 0.6221087710398319, 0.4377277390071145])
  }

  @Test func tenThousandthWordOfTheReferenceSeed() {
    // The C++ standard, [rand.predef]: the 10000th invocation of mt19937 with seed 5489.
    var generator = MersenneTwister(seed: 5489)
    for _ in 0..<9999 { _ = generator.nextUInt32() }
    #expect(generator.nextUInt32() == 4_123_659_995)
  }
}
