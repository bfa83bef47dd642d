import Benchmarks
import Kernels
import Testing

@Suite struct MachineTests {
  @Test(
    arguments: ["avx512", "avx2", "plain"].filter { (name: String) in kernels_named(name) != nil })
  func multiplyAddsComputeWhatTheySay(_ name: String) throws {
    let table = try #require(kernels_named(name)).pointee
    // 12 sums x = x · f + a from f or a, plus their index.
    func expected(rounds: Int) -> Float {
      let (factor, added): (Float, Float) = (0.5, 0.25)
      return (0..<12).reduce(0) { sum, chain in
        var value = (chain % 2 == 0 ? factor : added) + Float(chain)
        for _ in 0..<rounds { value = value * factor + added }
        return sum + value
      }
    }
    for rounds in [0, 3] {
      var sums: [Float] = [0.5, 0.25]
      let operations = table.multiply_adds(rounds, &sums)
      #expect(abs(sums[0] - expected(rounds: rounds)) < 1e-4)
      let lanes = ["avx512": 16, "avx2": 8, "plain": 4][name] ?? 0
      #expect(operations == Double(2 * 12 * lanes * rounds))
    }
  }

  @Test func limitsAreMeasuredForEachNumberOfThreads() {
    let machine = Machine(threads: [1, 2], copiedBytes: 1 << 20)
    #expect(machine.limits.map(\.threads) == [1, 2])
    #expect(machine.limits.allSatisfy { $0.gigaflops > 0.1 && $0.gigabytes > 0.01 })
    #expect(machine.limit(threads: 3) == nil)
    #expect(kernels_named(machine.kernelSet) != nil)
  }
}
