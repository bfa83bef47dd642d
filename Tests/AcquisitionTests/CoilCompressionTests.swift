import Arrays
import Numerics
import TestSupport
import Testing

@testable import Acquisition

@Suite struct CoilCompressionTests {
  /// Eight coils, four above and four below, so that which of them see the object changes along the readout.
  private func phantom(columns: Int = 21) -> ComplexArray {
    let (coils, rows) = (8, 45)
    var images = ComplexArray(zeros: [coils, rows, columns])
    for coil in 0..<coils {
      for row in 0..<rows {
        for column in 0..<columns {
          let y = 2 * Float(row - rows / 2) / Float(rows)
          let x = 2 * Float(column - columns / 2) / Float(columns)
          guard x * x / 0.7 + y * y / 0.8 < 1 else { continue }
          let (dx, dy) = (x - 1.1 + 0.7 * Float(coil % 4), y - (coil < 4 ? 1 : -1))
          images.values[(coil * rows + row) * columns + column] = Complex(
            length: (1 + 0.3 * .cos(11 * x + 5 * y)) * .exp(-2 * (dx * dx + dy * dy)),
            phase: Float(coil) + x - 0.5 * dy)
        }
      }
    }
    FourierTransform(rows: rows, columns: columns).forward(&images)
    return images
  }

  private func compression(
    of kspace: ComplexArray, _ kind: CoilCompression.Kind, _ size: CoilCompressionRequest.Size
  ) throws -> CoilCompression {
    let mask = try SamplingMask.fullySampled(columns: kspace.shape[2])
    var covariances = CoilCovariances(coils: kspace.shape[0], rows: kspace.shape[1], mask: mask)
    try covariances.add(kspace, mask: mask)
    return try covariances.compression(CoilCompressionRequest(kind: kind, size: size))
  }

  /// Rows of unit length at right angles: noise that was white before is white after.
  @Test(arguments: CoilCompression.Kind.allCases) func theRowsAreOrthonormal(
    kind: CoilCompression.Kind
  ) throws {
    let compression = try compression(of: phantom(), kind, .coils(3))
    #expect(compression.matrices.count == (kind == .svd ? 1 : 45) * 3 * 8)
    for start in stride(from: 0, to: compression.matrices.count, by: 3 * 8) {
      for (a, b) in [(0, 0), (1, 1), (2, 2), (0, 1), (0, 2), (1, 2)] {
        var product = Complex<Float>.zero
        for coil in 0..<8 {
          let other = compression.matrices[start + 8 * b + coil].conjugate
          product += compression.matrices[start + 8 * a + coil] * other
        }
        let expected: Complex<Float> = a == b ? .one : .zero
        #expect((product - expected).length < 1e-5)
      }
    }
  }

  /// What a compression is for: white noise of eight coils is white noise of three.
  @Test(arguments: CoilCompression.Kind.allCases) func whiteNoiseStaysWhite(
    kind: CoilCompression.Kind
  ) throws {
    let compression = try compression(of: phantom(), kind, .coils(3))
    var random = RandomStream(seed: 4)
    var noise = ComplexArray(zeros: [8, 45, 400])
    for index in noise.values.indices {
      noise.values[index] = Complex(random.normal(), random.normal())
    }
    let mixed = compression.apply(noise)
    let count = 45 * 400
    for a in 0..<3 {
      for b in a..<3 {
        var sum = Complex<Float>.zero
        for index in 0..<count {
          sum += mixed.values[a * count + index] * mixed.values[b * count + index].conjugate
        }
        // Four standard errors of 18,000 samples.
        let expected: Complex<Float> = a == b ? Complex(2) : .zero
        #expect((sum.multiplied(by: 1 / Float(count)) - expected).length < 0.06)
      }
    }
  }

  @Test(arguments: CoilCompression.Kind.allCases) func allCoilsLoseNothing(
    kind: CoilCompression.Kind
  ) throws {
    let kspace = phantom()
    let compression = try compression(of: kspace, kind, .coils(8))
    #expect(abs(compression.energyKept - 1) < 1e-9)
    let (before, after) = (squares(kspace), squares(compression.apply(kspace)))
    let largest = before.max() ?? 0
    for (a, b) in zip(before, after) { #expect(abs(a - b) < 1e-5 * largest) }
  }

  /// The sum of squares over the coil images, `[rows * columns]`.
  private func squares(_ kspace: ComplexArray) -> [Float] {
    var images = kspace
    FourierTransform(rows: kspace.shape[1], columns: kspace.shape[2]).inverse(&images)
    let pixels = kspace.shape[1] * kspace.shape[2]
    return (0..<pixels).map { pixel in
      (0..<kspace.shape[0]).reduce(0) { $0 + images.values[$1 * pixels + pixel].lengthSquared }
    }
  }

  /// The share that is stated is the share that is measured, and a share that is asked for is reached by
  /// the fewest coils.
  @Test(arguments: CoilCompression.Kind.allCases) func theEnergyIsRight(
    kind: CoilCompression.Kind
  ) throws {
    let kspace = phantom()
    var kept: [Double] = []
    for count in 1...8 {
      let compression = try compression(of: kspace, kind, .coils(count))
      #expect(compression.virtualCoils == count)
      let measured = compression.apply(kspace).squaredNorm / kspace.squaredNorm
      #expect(abs(compression.energyKept - measured) < 1e-5)
      kept.append(compression.energyKept)
    }
    #expect(kept == kept.sorted() && kept[0] < 0.9)
    for share in [0.5, 0.9, 0.99, 0.9999] {
      let fewest = (kept.firstIndex { $0 >= share } ?? 7) + 1
      #expect(try compression(of: kspace, kind, .energy(share)).virtualCoils == fewest)
    }
  }

  /// No choice of a matrix for each position can keep less than the best one for all.
  @Test func geometricKeepsMoreWhereCoilsChangeAlongTheReadout() throws {
    let kspace = phantom()
    for count in 1...7 {
      let svd = try compression(of: kspace, .svd, .coils(count)).energyKept
      let geometric = try compression(of: kspace, .geometric, .coils(count)).energyKept
      #expect(geometric >= svd)
      if count < 5 { #expect(1 - geometric < 0.7 * (1 - svd)) }
    }
  }

  /// Within the object, which starts in row 3 and ends in row 41, the coils turn slowly; eigenvectors by
  /// themselves have any phase.
  @Test func virtualCoilsAreSmoothAlongTheReadout() throws {
    let compression = try compression(of: phantom(), .geometric, .coils(3))
    for row in 6..<40 {
      let steps = (0..<24).map {
        (compression.matrices[row * 24 + $0] - compression.matrices[(row - 1) * 24 + $0])
          .lengthSquared
      }
      #expect(steps.reduce(0, +) < 0.1, "row \(row)")
    }
  }

  /// M = U H with U unitary and H positive: U comes out, and something unitary where H is singular.
  @Test func polarFactors() throws {
    var random = RandomStream(seed: 8)
    func number() -> Complex<Double> { Complex(Double(random.normal()), Double(random.normal())) }
    let size = 4
    let unitary = try UnitaryAlignment.polarFactor((0..<16).map { _ in number() }, size: size)
    #expect(isUnitary(unitary, size))
    let root = (0..<16).map { _ in number() }
    func product(_ a: [Complex<Double>], _ b: [Complex<Double>]) -> [Complex<Double>] {
      (0..<16).map { index in
        var sum = Complex<Double>.zero
        for inner in 0..<4 { sum += a[index / 4 * 4 + inner] * b[4 * inner + index % 4] }
        return sum
      }
    }
    func adjoint(_ a: [Complex<Double>]) -> [Complex<Double>] {
      (0..<16).map { a[$0 % 4 * 4 + $0 / 4].conjugate }
    }
    let positive = product(root, adjoint(root))
    let factor = try UnitaryAlignment.polarFactor(product(unitary, positive), size: size)
    for (a, b) in zip(factor, unitary) { #expect((a - b).length < 1e-9) }
    let flat = (0..<16).map { $0 / 4 < 2 ? positive[$0] : .zero }
    #expect(isUnitary(try UnitaryAlignment.polarFactor(flat, size: size), size))
    let zero = [Complex<Double>](repeating: .zero, count: 16)
    #expect(isUnitary(try UnitaryAlignment.polarFactor(zero, size: size), size))
  }

  private func isUnitary(_ matrix: [Complex<Double>], _ size: Int) -> Bool {
    for row in 0..<size {
      for column in 0..<size {
        var sum = Complex<Double>.zero
        for index in 0..<size {
          sum += matrix[row * size + index] * matrix[column * size + index].conjugate
        }
        let expected: Complex<Double> = row == column ? .one : .zero
        if (sum - expected).length >= 1e-9 { return false }
      }
    }
    return true
  }

  /// Raw data may be as small as 1e-12, whose squares are no numbers of `Float`.
  @Test func tinyValuesGiveTheSameMatrices() throws {
    let kspace = phantom()
    var tiny = kspace
    tiny.scale(by: 1e-18)
    let (a, b) = (
      try compression(of: kspace, .geometric, .coils(3)),
      try compression(of: tiny, .geometric, .coils(3))
    )
    #expect(abs(a.energyKept - b.energyKept) < 1e-6)
    // Energies, for the phase of a direction is free.
    let (c, d) = (a.apply(kspace).squaredNorm, b.apply(kspace).squaredNorm)
    #expect(abs(c - d) < 1e-5 * c)
  }

  /// Of a mask only the calibration lines are looked at.
  @Test func whatIsNotSampledIsNotLookedAt() throws {
    var kspace = phantom(columns: 40)
    let mask = try SamplingMask(columns: (0..<40).map { $0 % 4 == 0 || (16..<25).contains($0) })
    func energy() throws -> CoilCompression {
      var covariances = CoilCovariances(coils: 8, rows: 45, mask: mask)
      try covariances.add(kspace, mask: mask)
      return try covariances.compression(CoilCompressionRequest(size: .coils(3)))
    }
    let before = try energy()
    for index in kspace.values.indices where !(16..<25).contains(index % 40) {
      kspace.values[index] = Complex(.nan, 0)
    }
    #expect(try energy() == before)
  }

  @Test func whatCannotBeIsRefused() throws {
    let kspace = phantom()
    #expect(throws: CoilCompressionError.tooMany(asked: 9, coils: 8)) {
      _ = try compression(of: kspace, .svd, .coils(9))
    }
    #expect(throws: CoilCompressionError.noSignal) {
      _ = try compression(of: ComplexArray(zeros: [2, 8, 8]), .svd, .coils(1))
    }
    let holes = try SamplingMask(columns: (0..<21).map { $0 % 2 == 1 })
    var covariances = CoilCovariances(coils: 8, rows: 45, mask: holes)
    #expect(throws: CoilCompressionError.noCalibrationLines) {
      try covariances.add(kspace, mask: holes)
    }
    let points = try SamplingMask(
      points: (0..<45 * 21).map { $0 % 3 == 0 || (400..<540).contains($0) }, rows: 45, columns: 21)
    var central = CoilCovariances(coils: 8, rows: 45, mask: points)
    try central.add(kspace, mask: points)
    #expect(try central.compression(.init(size: .coils(2))).virtualCoils == 2)
    #expect(throws: CoilCompressionError.noReadout) {
      _ = try central.compression(.init(kind: .geometric, size: .coils(2)))
    }
  }

  @Test func sizesAsText() {
    func size(_ text: String) -> CoilCompressionRequest.Size? { .init(text: text) }
    #expect(size("4") == .coils(4) && size("99%") == .energy(0.99))
    #expect(size("99.5%") == .energy(0.995) && size("99.5%")?.text == "99.5%")
    #expect(size("100%")?.text == "100%" && size("12")?.text == "12")
    for text in ["0", "-1", "4.5", "0%", "101%", "%", "nan%", "many", ""] {
      #expect(size(text) == nil, "\(text)")
    }
  }
}
