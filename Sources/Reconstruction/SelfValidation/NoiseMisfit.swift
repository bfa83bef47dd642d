import Acquisition
import Arrays
import LinearOperators
import Numerics

extension ReconstructionProblem {
  /// The mean of |A x − y|² / 2σ² over all sampled values: 1 where the noise alone is missed.
  ///
  /// `image` is `[rows, columns]`; `noise` is in the problem's units.
  func discrepancy(of image: ComplexArray, noise: NoiseLevel) -> Double {
    var sum = 0.0
    for (square, deviation) in zip(squaredMisfits(of: image), noise.deviations) {
      sum += square / (2 * Double(deviation) * Double(deviation))
    }
    return sum / Double(measurements.count)
  }

  /// ‖A x − y‖² less what noise gives in the mean, and at least 0.
  ///
  /// `image` is `[rows, columns]`; `noise` is in the problem's units, nil for none.
  func excessMisfit(of image: ComplexArray, noise: NoiseLevel?) -> Double {
    let values = Double(measurements.count / maps.coils)
    let expected = noise?.deviations.reduce(0) { $0 + 2 * values * Double($1) * Double($1) } ?? 0
    return max(0, squaredMisfits(of: image).reduce(0, +) - expected)
  }

  /// ‖A x − y‖² of each coil.
  private func squaredMisfits(of image: ComplexArray) -> [Double] {
    var misfit = system.forward(image)
    misfit.add(-1, times: measurements)
    let size = misfit.count / maps.coils
    return (0..<maps.coils).map { coil in
      misfit.values[coil * size..<(coil + 1) * size].reduce(0) { $0 + Double($1.lengthSquared) }
    }
  }
}
