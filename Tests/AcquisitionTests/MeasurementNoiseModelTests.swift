import Acquisition
import Arrays
import Numerics
import Testing

@Suite struct MeasurementNoiseModelTests {
  private let clean = ComplexArray(shape: [40_000], repeating: Complex(2, 0))

  private func moments(_ values: [Float]) -> (mean: Double, deviation: Double) {
    let mean = values.reduce(0.0) { $0 + Double($1) } / Double(values.count)
    let square = values.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) }
    return (mean, (square / Double(values.count)).squareRoot())
  }

  @Test func gaussianNoiseHasItsDeviationInEveryPart() {
    let model = MeasurementNoiseModel.gaussian
    let real = model.adding(to: clean, deviation: 0.3, isComplex: false, seed: 1)
    let (mean, deviation) = moments(real.values.map(\.real))
    #expect(abs(mean - 2) < 0.006 && abs(deviation - 0.3) < 0.005)
    #expect(real.values.allSatisfy { $0.imaginary == 0 })
    let complex = model.adding(to: clean, deviation: 0.3, isComplex: true, seed: 1)
    let imaginary = moments(complex.values.map(\.imaginary))
    #expect(abs(imaginary.mean) < 0.006 && abs(imaginary.deviation - 0.3) < 0.005)
    #expect(complex.values.map(\.real) == real.values.map(\.real))
    #expect(model.adding(to: clean, deviation: 0.3, isComplex: false, seed: 2) != real)
    #expect(model.adding(to: clean, deviation: 0, isComplex: false, seed: 2) == clean)
  }

  @Test func ricianNoiseHasTheMomentsOfItsDensity() {
    let dark = ComplexArray(shape: [40_000], repeating: .zero)
    let model = MeasurementNoiseModel.rician
    let background = moments(
      model.adding(to: dark, deviation: 0.5, isComplex: false, seed: 3).values.map(\.real))
    // Rayleigh: σ √(π/2) and σ √(2 − π/2).
    #expect(abs(background.mean - 0.5 * 1.2533) < 0.008)
    #expect(abs(background.deviation - 0.5 * 0.6551) < 0.008)
    // ⟨r²⟩ = A² + 2 σ².
    let bright = model.adding(to: clean, deviation: 0.5, isComplex: false, seed: 3)
    let square = bright.values.reduce(0.0) { $0 + Double($1.lengthSquared) } / 40_000
    #expect(abs(square - 4.5) < 0.05)
    #expect(bright.values.allSatisfy { $0.real >= 0 && $0.imaginary == 0 })
  }
}
