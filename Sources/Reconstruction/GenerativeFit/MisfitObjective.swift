import Arrays
import LinearOperators

/// The mean squared misfit of the measurements by what a vector stands for, in units of the generator's image.
protocol MisfitObjective {
  /// What the generator reads.
  associatedtype Inputs

  func value(at point: [Float]) -> MisfitValue<Inputs>
}

struct MisfitValue<Inputs> {
  /// Mean |s A g − y|² / s².
  let loss: Double
  /// ‖s A g − y‖².
  let misfit: Double
  let gradient: [Float]
  let inputs: Inputs
}

extension FitTarget {
  /// Mean |s A g − y|² / s², ‖s A g − y‖², and the gradient of the first with respect to g as an image and a
  /// factor.
  ///
  /// - Parameter image: draws g, `[rows, columns]`, times the factor it is given.
  func meanMisfit(
    _ image: (Float) -> ComplexArray
  ) -> (loss: Double, misfit: Double, gradient: ComplexArray, factor: Float) {
    var back = ComplexArray(zeros: system.domain)
    let drawn = image(fitsScale ? 1 : scale)
    let (half, factor) = clock.measure("operator") {
      fitsScale
        ? system.dataLoss(scaling: drawn, to: measurements, fallback: scale, into: &back)
        : (system.dataLoss(drawn, measurements: measurements, into: &back), scale)
    }
    let weight = 2 / (scale * scale * Float(measurements.count))
    return (Double(weight) * half, 2 * half, back, factor * weight)
  }
}
