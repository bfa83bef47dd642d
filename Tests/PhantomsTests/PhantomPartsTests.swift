import Arrays
import Numerics
import Testing

@testable import Phantoms

@Suite struct PhantomPartsTests {
  @Test func distancesAgreeWithASearchOverAllSamples() {
    let (rows, columns) = (17, 23)
    var random = RandomStream(seed: 8)
    let marked = (0..<rows * columns).map { _ in random.uniform() < 0.02 }
    let found = distances(to: marked, rows: rows, columns: columns)
    for index in marked.indices {
      let nearest = marked.indices.filter { marked[$0] }.map {
        let (down, across) = ($0 / columns - index / columns, $0 % columns - index % columns)
        return Float(down * down + across * across).squareRoot()
      }.min()
      #expect(abs(found[index] - (nearest ?? .infinity)) < 1e-4)
    }
  }

  @Test func distancesToNothingAreFar() {
    let found = distances(to: [Bool](repeating: false, count: 12), rows: 3, columns: 4)
    #expect(found == [Float](repeating: 7, count: 12))
  }

  @Test func randomWavesHaveMeanZeroAndVarianceOne() {
    var random = RandomStream(seed: 2)
    var (sum, squares) = (0.0, 0.0)
    for _ in 0..<20 {
      let field = RandomWaves(wavelength: 10, &random)
      for place in 0..<500 {
        let value = Double(
          field.value(Float(place % 25) * 7, Float(place / 25) * 7, Float(place) * 0.3))
        sum += value
        squares += value * value
      }
    }
    #expect(abs(sum / 10_000) < 0.05)
    #expect(abs(squares / 10_000 - 1) < 0.1)
  }

  @Test func aProfileGoesThroughItsKnotsAndEndsThere() {
    let profile = Profile([(0, 1), (2, 5), (3, 4)])
    #expect(profile(0) == 1 && profile(2) == 5 && profile(3) == 4)
    #expect(profile(-0.1) == nil && profile(3.1) == nil)
    #expect((1...5).contains(profile(1) ?? 0))
  }

  @Test func theWeightingsOrderTheTissuesAsRadiologistsKnowThem() {
    func signal(_ contrast: Contrast, _ tissue: Tissue) -> Float {
      abs(contrast.sequence.signal(of: tissue))
    }
    #expect(signal(.t1, .fat) > signal(.t1, .white))
    #expect(signal(.t1, .white) > 1.2 * signal(.t1, .grey))
    #expect(signal(.t1, .grey) > 1.5 * signal(.t1, .fluid))
    #expect(signal(.t2, .fluid) > 1.5 * signal(.t2, .grey))
    #expect(signal(.t2, .grey) > 1.2 * signal(.t2, .white))
    #expect(signal(.pd, .grey) > signal(.pd, .white))
    #expect(signal(.flair, .grey) > signal(.flair, .white))
    #expect(signal(.flair, .fluid) < 0.1 * signal(.flair, .white))
    for contrast in Contrast.allCases {
      #expect(signal(contrast, .bone) < 0.25 * signal(contrast, .white))
      #expect(signal(contrast, .air) == 0)
      #expect(signal(contrast, .white) > signal(contrast, .pallidum) * 0.8)
    }
  }

  @Test func anInversionNullsWhatItIsTimedFor() {
    let fluid = Tissue.fluid.properties
    // TI = T1 (ln 2 - ln(1 + exp(-TR / T1))) nulls the signal.
    let inversion =
      fluid.t1 * (Float.log(2) - Float.log(1 + Float.exp(-9000 / fluid.t1)))
    let sequence = PulseSequence.inversionRecovery(
      repetition: 9000, inversion: inversion, echo: 100)
    #expect(abs(sequence.signal(of: .fluid)) < 1e-5)
    #expect(sequence.signal(of: .white) > 0.05)
  }

  @Test(arguments: [1, 2, 4, 8, 32]) func theLoopsCoverTheHead(count: Int) {
    var random = RandomStream(seed: 5)
    let loops = ReceiverLoops(count: count, &random)
    let middle = SIMD3<Float>(0, 0, 20)
    func combined(_ place: SIMD3<Float>) -> Float {
      (0..<count).reduce(Float(0)) {
        $0 + loops.sensitivity($1, at: place).lengthSquared
      }.squareRoot()
    }
    #expect(abs(combined(middle) - 1) < 1e-4)
    guard count >= 4 else { return }
    for degrees in stride(from: 0, to: 360, by: 10) {
      let angle = Float(degrees) * .pi / 180
      let edge = SIMD3(70 * Float.sin(angle), 88 * Float.cos(angle), 20)
      #expect((0.8...8).contains(combined(edge)), "\(combined(edge)) at \(degrees)")
    }
  }

  @Test func aLoopsFieldOnItsAxisIsThatOfTheTextbook() {
    // Through the middle of a loop whose axis lies along y: B ∝ R² / (R² + d²)^(3/2), all of it
    // transverse.
    var random = RandomStream(seed: 1)
    let loops = ReceiverLoops(count: 1, &random)
    let (centre, axis, radius) = loops.geometry(0)
    func expected(_ distance: Float) -> Float {
      Float.pow(radius * radius + distance * distance, -1.5)
    }
    func found(_ distance: Float) -> Float {
      loops.sensitivity(0, at: centre - distance * axis).length
    }
    for distance in [30, 60, 120, 180] as [Float] {
      let ratio = found(distance) / found(90) / (expected(distance) / expected(90))
      #expect(abs(ratio - 1) < 0.02, "\(ratio) at \(distance) mm")
    }
  }

  @Test func interpolatedMapsAreThoseOfTheLoops() {
    var random = RandomStream(seed: 6)
    let loops = ReceiverLoops(count: 8, &random)
    let grid = SliceGrid(rows: 770, columns: 650, spacing: 0.3)
    let map = CoarseMap(loops, coil: 3, grid: grid, height: 12)
    for (row, column) in [(0, 0), (769, 649), (301, 402), (385, 325), (644, 77)] {
      let exact = loops.sensitivity(3, at: SIMD3(grid.x(column), grid.y(row), 12))
      #expect((map.value(row, column) - exact).length < 2e-3 * exact.length)
    }
  }
}
