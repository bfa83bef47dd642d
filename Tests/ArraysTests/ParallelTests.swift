import Arrays
import Synchronization
import TestSupport
import Testing

@Suite struct ParallelTests {
  @Test(arguments: [1, 2, 3, 8])
  func everyIndexRunsOnce(_ threads: Int) {
    withThreads(threads) {
      for count in [0, 1, 2, 3, 17, 1000] {
        for _ in 0..<200 {
          var runs = [Int](repeating: 0, count: count)
          runs.withUnsafeMutableBufferPointer { runs in
            nonisolated(unsafe) let runs = runs
            parallelFor(count) { runs[$0] += 1 }
          }
          #expect(runs.allSatisfy { $0 == 1 })
        }
      }
    }
  }

  @Test func callsMayNest() {
    withThreads(3) {
      for _ in 0..<50 {
        let sum = Atomic<Int>(0)
        parallelFor(5) { outer in
          parallelFor(7) { inner in
            parallelFor(3) { sum.wrappingAdd(100 * outer + 10 * inner + $0, ordering: .relaxed) }
          }
        }
        // 21 · 100 · 10 + 15 · 10 · 21 + 35 · 3
        #expect(sum.load(ordering: .relaxed) == 24_255)
      }
    }
  }

  /// Callers on several threads, with pauses after which the workers sleep.
  @Test func callersDoNotDisturbEachOther() async {
    await withTaskGroup(of: Bool.self) { group in
      for caller in 0..<4 {
        group.addTask {
          for round in 0..<300 {
            var values = [Int](repeating: 0, count: 64)
            values.withUnsafeMutableBufferPointer { values in
              nonisolated(unsafe) let values = values
              parallelFor(values.count) { values[$0] = caller + round * $0 }
            }
            guard values == (0..<64).map({ caller + round * $0 }) else { return false }
            if round % 30 == caller { try? await Task.sleep(nanoseconds: 1_000_000) }
          }
          return true
        }
      }
      for await isRight in group { #expect(isRight) }
    }
  }

  @Test func scratchIsNotShared() {
    withThreads(4) {
      for _ in 0..<10 {
        let faults = Atomic<Int>(0)
        parallelFor(64, scratch: 1000) { index, scratch in
          if Int(bitPattern: scratch) % 64 != 0 { faults.wrappingAdd(1, ordering: .relaxed) }
          for i in 0..<1000 { scratch[i] = Float(index) }
          let isOwn = (0..<1000).allSatisfy { scratch[$0] == Float(index) }
          if !isOwn { faults.wrappingAdd(1, ordering: .relaxed) }
        }
        #expect(faults.load(ordering: .relaxed) == 0)
      }
    }
  }
}
