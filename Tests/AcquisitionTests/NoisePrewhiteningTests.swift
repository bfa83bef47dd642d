import Arrays
import Numerics
import Testing

@testable import Acquisition

@Suite struct NoisePrewhiteningTests {
  /// Noise of three coils, two of which are coupled, `[samples, coils]`.
  private func noise(_ count: Int) -> [Complex<Float>] {
    var random = RandomStream(seed: 3)
    var samples: [Complex<Float>] = []
    for _ in 0..<count {
      let parts = (0..<3).map { _ in Complex(random.normal(), random.normal()) }
      samples += [
        parts[0] + Complex(0, 0.7) * parts[1], parts[1], parts[2].multiplied(by: 5),
      ]
    }
    return samples
  }

  /// The covariance of `[samples, coils]`.
  private func covariance(_ samples: [Complex<Float>], coils: Int) -> [Complex<Float>] {
    let count = samples.count / coils
    return (0..<coils * coils).map { index in
      let sum = (0..<count).reduce(Complex<Float>.zero) { sum, sample in
        sum + samples[sample * coils + index / coils]
          * samples[sample * coils + index % coils].conjugate
      }
      return sum.multiplied(by: 1 / Float(count))
    }
  }

  @Test(arguments: [1.0, 0.25]) func theNoiseBecomesWhite(ratio: Double) throws {
    let samples = noise(500)
    let whitening = try NoisePrewhitening(samples: samples, coils: 3, bandwidthRatio: ratio)
    // The coils first, as k-space has them.
    let turned = ComplexArray(
      shape: [3, 1, 500],
      values: (0..<1500).map { samples[$0 % 500 * 3 + $0 / 500] })
    let mixed = whitening.apply(turned)
    let back = (0..<1500).map { mixed.values[$0 % 3 * 500 + $0 / 3] }
    for (index, value) in covariance(back, coils: 3).enumerated() {
      // Unit power in each part for data of the noise's bandwidth.
      let expected: Complex<Float> = index % 4 == 0 ? Complex(2 * Float(ratio)) : .zero
      #expect((value - expected).length < 1e-3)
    }
  }

  @Test func whatTellsNoCovarianceIsRefused() throws {
    #expect(throws: NoisePrewhitening.Failure.tooFewSamples(5)) {
      _ = try NoisePrewhitening(samples: Array(noise(500).prefix(15)), coils: 3)
    }
    var silent = noise(100)
    for index in stride(from: 1, to: silent.count, by: 3) { silent[index] = .zero }
    #expect(throws: NoisePrewhitening.Failure.singular) {
      _ = try NoisePrewhitening(samples: silent, coils: 3)
    }
    var broken = noise(100)
    broken[7] = Complex(.nan, 0)
    #expect(throws: NoisePrewhitening.Failure.singular) {
      _ = try NoisePrewhitening(samples: broken, coils: 3)
    }
  }
}
