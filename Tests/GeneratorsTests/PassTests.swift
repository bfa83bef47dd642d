import Arrays
import Foundation
import Generators
import Layers
import TestSupport
import Testing

/// What a pass costs beyond its arithmetic, and what it leaves out.
@Suite(.serialized) struct PassTests {
  let network = EvidenceGradientTests.network(seed: 21)
  let rows = 24
  let columns = 16

  func deviations(_ levels: Int) -> [Features?] {
    (0..<3).map { level in
      guard level < levels else { return nil }
      let shape = network.generator.deviationShape(level: level, rows: rows, columns: columns)
      let count = shape.reduce(1, *)
      return Features(
        rows: shape[0], columns: shape[1], channels: shape[2],
        values: wave(count, seed: level))
    }
  }

  var gradient: Features {
    Features(rows: rows, columns: columns, channels: 1, values: wave(rows * columns, seed: 9))
  }

  @Test func aSharedStartChangesNoByte() {
    let generator = network.generator
    let start = generator.start(rows: rows, columns: columns)
    let shared = generator.forward(deviations(3), start: start, rows: rows, columns: columns)
    let alone = generator.forward(deviations(3), rows: rows, columns: columns)
    #expect(shared.output == alone.output)
    let (a, b) = (
      generator.backward(gradient, pass: shared), generator.backward(gradient, pass: alone)
    )
    #expect(a.deviations == b.deviations)
  }

  @Test(arguments: 1...3) func gradientsOfLevelsThatDoNotMoveAreLeftOut(_ moving: Int) {
    let generator = network.generator
    let pass = generator.forward(deviations(moving), rows: rows, columns: columns)
    let all = generator.backward(gradient, pass: pass).deviations
    let some = generator.backward(gradient, pass: pass, moving: moving).deviations
    #expect(all.count == 3 && some.count == moving)
    #expect(Array(all.prefix(moving)) == some)
  }

  @Test func aSuffixContinuesItsPrefix() throws {
    let generator = network.generator
    let whole = generator.forward(deviations(3), rows: rows, columns: columns)
    let prefix = generator.prefix(1).forward(deviations(1), rows: rows, columns: columns)
    let suffix = generator.suffix(from: 1)
    let pass = suffix.forward(
      Array(deviations(3).dropFirst()), from: prefix.output, rows: rows, columns: columns)
    #expect(pass.output == whole.output)
    let back = suffix.backward(gradient, pass: pass)
    #expect(
      back.deviations == Array(generator.backward(gradient, pass: whole).deviations.dropFirst()))
    #expect(back.features != nil)
    let less = suffix.backward(gradient, pass: pass, wantsFeatures: false)
    #expect(less.deviations == back.deviations && less.features == nil)
  }

  /// In a process of its own, where no other test asks for memory.
  @Test func laterPassesTakeNothingFromTheSystem() async {
    await #expect(processExitsWith: .success) {
      MemoryReuse.keepLargeBlocks()
      Parallelism.threads = 1
      let test = PassTests()
      let generator = test.network.generator
      let (rows, columns) = (96, 80)
      let gradient = Features(
        rows: rows, columns: columns, channels: 1, values: wave(rows * columns, seed: 9))
      func run() -> (Features, [Features]) {
        let pass = generator.forward([], rows: rows, columns: columns)
        return (pass.output, generator.backward(gradient, pass: pass).deviations)
      }
      func pageFaults() -> Int {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return usage.ru_minflt
      }
      let first = run()
      // Blocks settle in the second pass, the C library's heap in a few more.
      for _ in 0..<10 { _ = run() }
      let (before, faults) = (FeatureMemory.statistics, pageFaults())
      for _ in 0..<5 {
        let next = run()
        guard next.0 == first.0, next.1 == first.1 else { fatalError("other bytes") }
      }
      let after = FeatureMemory.statistics
      guard after.requests > before.requests + 100 else { fatalError("no pass was made") }
      guard after.allocations == before.allocations, after.bytes == before.bytes else {
        fatalError("\(after) after \(before)")
      }
      // 5 passes of 3 MB each would touch thousands of new pages.
      guard pageFaults() - faults < 50 else { fatalError("\(pageFaults() - faults) page faults") }
      FeatureMemory.releaseWaitingBlocks()
      guard FeatureMemory.statistics.bytes < before.bytes else { fatalError("nothing released") }
    }
  }

  @Test func sharedNormalPairsAreTheStreams() {
    var (one, other) = (RandomStream(seed: 4), RandomStream(seed: 4))
    for _ in 0..<50 {
      let pair = RandomStream.normalPair(other.next())
      #expect(one.normal() == pair.0)
      #expect(one.normal() == pair.1)
    }
  }
}
