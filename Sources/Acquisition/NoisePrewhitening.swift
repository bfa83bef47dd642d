public import Arrays
public import Numerics

/// The mixing of coils that makes the noise of all of them independent and of unit power.
///
/// With the noise covariance Ψ = ⟨n nᴴ⟩ of `[coils]` samples, W = √2 Ψ^(−1/2): the noise of W n has
/// a standard deviation of 1 in the real and in the imaginary part of each coil, and no correlation
/// between coils. The symmetric root is taken of all that do so, for it changes the coils least.
///
/// Pruessmann et al., MRM 46:638 (2001), appendix A; the unit of the noise as in Hansen and Kellman,
/// JMRI 41:543 (2015).
public struct NoisePrewhitening: Sendable, Equatable {
  /// The number of coils.
  public let coils: Int
  /// W, `[coils, coils]`, row-major.
  public let matrix: [Complex<Float>]
  /// The largest over the smallest eigenvalue of Ψ.
  public let conditionNumber: Double

  /// Why the covariance cannot be used.
  public enum Failure: Error, Equatable {
    /// Fewer samples than twice the coils.
    case tooFewSamples(Int)
    /// Some combination of coils has no noise, as a coil that is not plugged in, or a value is not
    /// finite.
    case singular
  }

  /// The mixing for noise `samples` `[samples, coils]`, whose bandwidth is `bandwidthRatio` times
  /// that of the data.
  ///
  /// The power of white noise is proportional to the bandwidth. Throws `Failure`.
  public init(
    samples: [Complex<Float>], coils: Int, bandwidthRatio: Double = 1
  ) throws(Failure) {
    let count = samples.count / max(1, coils)
    guard coils > 0, count >= 2 * coils else { throw .tooFewSamples(count) }
    var covariance = [Complex<Double>](repeating: .zero, count: coils * coils)
    for sample in 0..<count {
      for row in 0..<coils {
        let a = samples[sample * coils + row]
        let left = Complex<Double>(Double(a.real), Double(a.imaginary))
        for column in row..<coils {
          let b = samples[sample * coils + column]
          covariance[row * coils + column] +=
            left * Complex<Double>(Double(b.real), -Double(b.imaginary))
        }
      }
    }
    let scale = 1 / (Double(count) * bandwidthRatio)
    for row in 0..<coils {
      for column in row..<coils {
        let value = covariance[row * coils + column].multiplied(by: scale)
        covariance[row * coils + column] = value
        covariance[column * coils + row] = value.conjugate
      }
    }
    guard covariance.allSatisfy(\.isFinite),
      let system = try? LinearAlgebra.hermitianEigensystem(covariance, size: coils),
      let least = system.values.first, let most = system.values.last, least > 1e-10 * most
    else { throw .singular }
    var matrix = [Complex<Double>](repeating: .zero, count: coils * coils)
    for (index, value) in system.values.enumerated() {
      let weight = (2 / value).squareRoot()
      for row in 0..<coils {
        let left = system.vectors[index * coils + row].multiplied(by: weight)
        for column in 0..<coils {
          matrix[row * coils + column] += left * system.vectors[index * coils + column].conjugate
        }
      }
    }
    self.coils = coils
    self.matrix = matrix.map { Complex(Float($0.real), Float($0.imaginary)) }
    conditionNumber = most / least
  }

  /// Mixes k-space `[coils, rows, columns]`.
  public func apply(_ kspace: ComplexArray) -> ComplexArray {
    guard kspace.shape.first == coils else {
      shapeError("a prewhitening of \(coils) coils got a k-space \(kspace.shape)")
    }
    let samples = kspace.values.count / coils
    var mixed = ComplexArray(zeros: kspace.shape)
    mixed.values.withUnsafeMutableBufferPointer { result in
      guard let result = result.baseAddress else { return }
      LinearAlgebra.multiply(
        matrix, by: kspace.values, into: result, rows: coils, columns: samples, depth: coils)
    }
    return mixed
  }
}
