import Acquisition
import Arrays
import LinearOperators
import Numerics
import TestSupport
import Testing

@testable import Reconstruction

@Suite("Columns that are held out")
struct HeldOutSamplesTests {
  private let mask: SamplingMask

  init() throws {
    mask = try SamplingMask(
      pattern: .random, columns: 173, acceleration: 3, centerFraction: 0.1, seed: .integer(9))
  }

  private var free: [Int] {
    let calibration = mask.calibrationColumns
    return mask.columns.indices.filter { mask.columns[$0] && !calibration.contains($0) }
  }

  @Test("every free column is in one fold, and no calibration line in any")
  func partition() {
    let folds = HeldOutSamples(mask: mask, share: 0.1, count: 100, seed: 1).folds
    #expect(folds.joined().sorted() == free)
    let held = 0.1 * Double(mask.sampledCount)
    #expect(folds.allSatisfy { abs(Double($0.count) - held) <= 2 })
    #expect(
      HeldOutSamples(mask: mask, share: 0.1, count: 2, seed: 1).folds == folds.prefix(2).map { $0 })
  }

  @Test("every fold has one of each ring of columns about the centre")
  func rings() {
    let folds = HeldOutSamples(mask: mask, share: 0.1, count: 100, seed: 1).folds
    let sorted = free.sorted { (abs($0 - 86), $0) < (abs($1 - 86), $1) }
    for start in stride(from: 0, through: sorted.count - folds.count, by: folds.count) {
      let ring = Set(sorted[start..<start + folds.count])
      for fold in folds { #expect(fold.filter(ring.contains).count == 1) }
    }
  }

  @Test("the seed deals")
  func seeds() {
    func folds(_ seed: UInt64) -> [[Int]] {
      HeldOutSamples(mask: mask, share: 0.1, count: 100, seed: seed).folds
    }
    #expect(folds(1) == folds(1))
    #expect(folds(1) != folds(2))
  }

  @Test("with nothing beside the calibration lines there is no fold")
  func none() throws {
    let block = try SamplingMask(columns: (0..<40).map { (14..<26).contains($0) })
    #expect(HeldOutSamples(mask: block, share: 0.1, count: 4, seed: 1).folds.isEmpty)
    let few = try SamplingMask(columns: (0..<40).map { (14..<26).contains($0) || $0 == 3 })
    #expect(HeldOutSamples(mask: few, share: 0.1, count: 4, seed: 1).folds == [[3]])
  }

  @Test("points are dealt as columns are, and none of the calibration square is held out")
  func points() throws {
    let mask = try SamplingMask(
      pattern: .poissonDisc, rows: 49, columns: 44, acceleration: 5, centerFraction: 0.02,
      seed: .integer(2))
    let free = mask.samples.indices.filter { mask.samples[$0] && !mask.calibration[$0] }
    let folds = HeldOutSamples(mask: mask, share: 0.1, count: 100, seed: 1).folds
    #expect(folds.joined().sorted() == free)
    let distances = mask.distances
    let means = folds.map { fold in
      fold.reduce(0) { $0 + distances[$1] } / Double(fold.count)
    }
    let spread = try #require(means.max()) - (try #require(means.min()))
    #expect(folds.count >= 8 && spread < 0.05)
  }

  @Test("a fold's data lack what is held out, and its errors are those of the definition")
  func errors() throws {
    let problem = try UndersampledPhantom(acceleration: 3, noise: 0.02).problem
    let (rows, columns) = (UndersampledPhantom.rows, UndersampledPhantom.columns)
    let held = try #require(
      HeldOutSamples(mask: problem.mask, share: 0.2, count: 1, seed: 1).folds.first)
    let fold = try HeldOutFold(problem, without: held)
    #expect(fold.problem.intensityScale == problem.intensityScale)
    #expect(fold.problem.mask.sampledCount == problem.mask.sampledCount - held.count)
    for (index, value) in fold.problem.kspace.values.enumerated()
    where held.contains(index % columns) {
      #expect(value == .zero)
    }

    let image = problem.system.adjoint(problem.measurements)
    var kspace = ComplexArray(zeros: problem.kspace.shape)
    for index in kspace.values.indices {
      kspace.values[index] =
        problem.maps.sensitivities.values[index] * image.values[index % (rows * columns)]
    }
    FourierTransform(rows: rows, columns: columns).forward(&kspace)
    var expected = 0.0
    for index in kspace.values.indices where held.contains(index % columns) {
      expected += Double((kspace.values[index] - problem.kspace.values[index]).lengthSquared)
    }
    #expect(abs(fold.error(of: image) - expected) < 1e-4 * expected)
  }
}
