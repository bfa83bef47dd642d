import Acquisition
import Arrays
import Numerics
import TestSupport
import Testing

@Suite("The noise of a scan, from its sampled columns")
struct NoiseLevelTests {
  static let (coils, rows, columns) = (4, 128, 100)

  /// A disc with an edge and a gap, seen by smooth coils; noise of `deviations`, one a coil.
  private func kspace(_ deviations: [Float], seed: UInt64 = 5) -> ComplexArray {
    let (rows, columns) = (Self.rows, Self.columns)
    let maps = SyntheticCoils(coils: Self.coils, rows: rows, columns: columns).maps
    var data = ComplexArray(zeros: maps.shape)
    for coil in 0..<Self.coils {
      for row in 0..<rows {
        for column in 0..<columns {
          let y = Float(row - rows / 2) / 45
          let x = Float(column - columns / 2) / 38
          let isInside = x * x + y * y < 1 && !(abs(x - 0.2) < 0.1 && abs(y) < 0.3)
          let index = (coil * rows + row) * columns + column
          data.values[index] = isInside ? maps.values[index] : .zero
        }
      }
    }
    FourierTransform(rows: rows, columns: columns).forward(&data)
    var random = RandomStream(seed: seed)
    for index in data.values.indices {
      let deviation = deviations[index / (rows * columns)]
      data.values[index] += Complex(deviation * random.normal(), deviation * random.normal())
    }
    return data
  }

  private func mask(_ acceleration: Double, seed: UInt32 = 2) throws -> SamplingMask {
    try SamplingMask(
      pattern: .random, columns: Self.columns, acceleration: acceleration,
      centerFraction: 0.32 / acceleration, seed: .integer(seed))
  }

  @Test(
    "the mean over coils is within 10 % at a signal of 15 to 100 times the noise",
    arguments: [15, 30, 100] as [Float], [1, 4, 8] as [Double])
  func level(ratio: Float, acceleration: Double) throws {
    let truth = 1 / ratio
    let level = try NoiseLevel(
      kspace: kspace(Array(repeating: truth, count: Self.coils)), mask: mask(acceleration))
    #expect(abs(level.pooled / truth - 1) < 0.1, "\(level.pooled / truth)")
  }

  @Test("each coil has its own")
  func coils() throws {
    let truth: [Float] = [0.01, 0.08, 0.02, 0.04]
    let level = try NoiseLevel(kspace: kspace(truth), mask: mask(2))
    for (found, expected) in zip(level.deviations, truth) {
      #expect(abs(found / expected - 1) < 0.15, "\(found) for \(expected)")
    }
  }

  @Test("it grows with the data, whatever their scale")
  func scale() throws {
    var data = kspace(Array(repeating: 0.03, count: Self.coils))
    let before = try NoiseLevel(kspace: data, mask: mask(4))
    data.scale(by: 1e-12)
    let after = try NoiseLevel(kspace: data, mask: mask(4))
    for (one, other) in zip(before.deviations, after.deviations) {
      #expect(abs(other / one * 1e12 - 1) < 1e-4)
    }
  }

  @Test("what is not sampled is not looked at")
  func sampledOnly() throws {
    let mask = try mask(4)
    let data = kspace(Array(repeating: 0.03, count: Self.coils))
    var other = data
    for index in other.values.indices where !mask.columns[index % Self.columns] {
      other.values[index] = Complex(.nan, 7)
    }
    #expect(
      try NoiseLevel(kspace: data, mask: mask) == NoiseLevel(kspace: other, mask: mask))
  }

  @Test("rows that were not measured do not count, even after a transform and back")
  func partial() throws {
    let truth: Float = 0.03
    var data = kspace(Array(repeating: truth, count: Self.coils))
    for index in data.values.indices where (index / Self.columns) % Self.rows < 30 {
      data.values[index] = .zero
    }
    let transform = FourierTransform(rows: Self.rows, columns: Self.columns)
    transform.inverse(&data)
    transform.forward(&data)
    let level = try NoiseLevel(kspace: data, mask: mask(2))
    #expect(abs(level.pooled / truth - 1) < 0.1, "\(level.pooled / truth)")
  }

  @Test("data that tell nothing are refused")
  func refused() throws {
    let data = kspace(Array(repeating: 0.03, count: Self.coils))
    let few = try SamplingMask(columns: (0..<Self.columns).map { (48..<54).contains($0) })
    #expect(throws: NoiseLevelError.tooFewSamples(columns: 2, rows: 96)) {
      try NoiseLevel(kspace: data, mask: few)
    }
    var silent = data
    for index in 0..<Self.rows * Self.columns { silent.values[index] = .zero }
    #expect(throws: NoiseLevelError.silentCoil(0)) {
      try NoiseLevel(kspace: silent, mask: mask(2))
    }
    var broken = data
    for index in broken.values.indices { broken.values[index] = Complex(.nan, 0) }
    #expect(throws: NoiseLevelError.notFinite) {
      try NoiseLevel(kspace: broken, mask: mask(2))
    }
  }
}
