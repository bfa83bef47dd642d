import Arrays
import Numerics
import Testing

@testable import Acquisition

@Suite struct CoilCheckTests {
  static let noise: Float = 0.01

  /// Five coils that see a disc, with noise of `noise` per part; the last touch is `spoil`'s.
  private func scan(
    coils: Int = 5,
    _ spoil: (Int, inout Complex<Float>, inout Complex<Float>) -> Void = { _, _, _ in }
  ) -> ComplexArray {
    let (rows, columns) = (64, 48)
    var random = RandomStream(seed: 3)
    var images = ComplexArray(zeros: [coils, rows, columns])
    for coil in 0..<coils {
      for row in 0..<rows {
        for column in 0..<columns {
          let (y, x) = (Float(row - 32) / 26, Float(column - 24) / 19)
          if x * x + y * y < 1 {
            images.values[(coil * rows + row) * columns + column] = Complex(
              length: 1 + 0.1 * Float(coil) * x, phase: Float(coil))
          }
        }
      }
    }
    FourierTransform(rows: rows, columns: columns).forward(&images)
    for index in images.values.indices {
      var noise = Complex(random.normal(), random.normal()).multiplied(by: Self.noise)
      spoil(index / (rows * columns), &images.values[index], &noise)
      images.values[index] += noise
    }
    return images
  }

  private func check(_ kspace: ComplexArray) throws -> CoilCheck {
    CoilCheck(kspace: kspace, mask: try .fullySampled(columns: kspace.shape[2]))
  }

  @Test func workingCoilsAreFine() throws {
    let check = try check(scan())
    #expect(check.warnings.isEmpty && check.noiseMissingBecause == nil)
    for coil in check.coils {
      let noise = try #require(coil.noise)
      #expect(coil.fault == nil && abs(noise / Double(Self.noise) - 1) < 0.3)
      #expect(coil.signal > 30 * noise)
    }
  }

  /// Gains that differ by a factor of five are usual.
  @Test func gainsMayDiffer() throws {
    let check = try check(
      scan { coil, signal, noise in
        let gain: Float = [1, 5, 2, 0.7, 1][coil]
        signal = signal.multiplied(by: gain)
        noise = noise.multiplied(by: gain)
      })
    #expect(check.warnings.isEmpty)
  }

  @Test func aCoilOfNoiseAloneHasNoSignal() throws {
    let check = try check(scan { coil, signal, _ in if coil == 2 { signal = .zero } })
    #expect(check.coils.map(\.fault) == [nil, nil, .withoutSignal, nil, nil])
    #expect(check.warnings.count == 1)
    #expect(
      check.warnings[0].hasPrefix("coil 2 may be dead: the middle of its k-space is")
        && check.warnings[0].contains("times its noise, that of the others"))
  }

  @Test func aCoilThatIsHardlyThereIsQuiet() throws {
    let check = try check(
      scan { coil, signal, noise in
        if coil == 4 { (signal, noise) = (signal.multiplied(by: 0.01), noise.multiplied(by: 0.01)) }
      })
    #expect(check.coils.map(\.fault) == [nil, nil, nil, nil, .quiet])
    #expect(check.warnings[0].contains("coil 4 may be dead: its noise is 0.01 times the median"))
  }

  @Test func aNoisyCoil() throws {
    let check = try check(
      scan { coil, _, noise in if coil == 0 { noise = noise.multiplied(by: 40) } })
    #expect(check.coils[0].fault != nil && check.coils[1...].allSatisfy { $0.fault == nil })
    #expect(check.warnings.count == 1)
  }

  /// Exact zeros far out, where the others have noise.
  @Test func aSilentCoil() throws {
    var kspace = scan()
    for row in 0..<64 {
      for column in 0..<48 where abs(column - 24) > 6 || abs(row - 32) > 6 {
        kspace.values[(64 + row) * 48 + column] = .zero
      }
    }
    let check = try check(kspace)
    #expect(check.coils.map(\.fault) == [nil, .silent, nil, nil, nil])
    #expect(check.coils[1].noise == nil && check.coils[0].noise != nil)
  }

  /// Two coils that differ do not say which is at fault; a denoised scan has no noise to compare.
  @Test func whatCannotBeToldIsNot() throws {
    let two = try check(
      scan(coils: 2) { coil, _, noise in if coil == 1 { noise = noise.multiplied(by: 100) } })
    #expect(two.warnings.isEmpty)
    let clean = try check(
      scan { _, _, noise in noise = .zero })
    #expect(clean.warnings.isEmpty)
  }
}
