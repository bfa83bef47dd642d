import Benchmarks
import Testing

@Suite struct RepetitionTests {
  @Test func theNumberOfRunsFollowsTheTimeOfOne() {
    let repetition = Repetition()
    #expect(repetition.count(first: 0.001) == 500)
    #expect(repetition.count(first: 0.3) == 5)
    #expect(repetition.count(first: 10) == 3)
    #expect(repetition.count(first: 0) == 1000)
    #expect(Repetition(fixed: 7).count(first: 10) == 7)
  }

  @Test func theFirstRunIsNotCounted() {
    var runs = 0
    let times = Repetition(fixed: 3).measure { runs += 1 }
    #expect(runs == 4)
    #expect(times.count == 3 && times.allSatisfy { $0 >= 0 })
  }
}
