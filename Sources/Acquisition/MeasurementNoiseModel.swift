public import Arrays
import Numerics

/// How noise enters simulated measurements.
public enum MeasurementNoiseModel: String, Sendable, Codable, CaseIterable {
  /// Independent normal noise in the real part, and in the imaginary part where measurements are complex.
  case gaussian
  /// The magnitude of a real value with complex normal noise, as a magnitude image has it (Gudbjartsson and
  /// Patz, MRM 34:910, 1995): never below 0, and where there is no signal with the mean σ √(π/2).
  case rician

  /// `measurements` of any shape with noise of standard deviation `deviation`, in their units, in each real
  /// and each imaginary part, drawn from `seed`.
  ///
  /// - Parameter isComplex: whether the measurements have imaginary parts; without meaning for `rician`.
  public func adding(
    to measurements: ComplexArray, deviation: Float, isComplex: Bool, seed: UInt64
  ) -> ComplexArray {
    if deviation == 0 { return measurements }
    var random = RandomStream(seed: seed).split(stream: 0x6e6f_6973_65)
    var result = measurements
    for index in result.values.indices {
      let (a, b) = RandomStream.normalPair(random.next())
      let value = result.values[index]
      switch self {
      case .gaussian:
        result.values[index] = Complex(
          value.real + deviation * a, isComplex ? value.imaginary + deviation * b : value.imaginary)
      case .rician:
        result.values[index] = Complex(Complex(value.real + deviation * a, deviation * b).length, 0)
      }
    }
    return result
  }
}
