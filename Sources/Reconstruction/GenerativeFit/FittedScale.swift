import Arrays
import LinearOperators
import Numerics

extension LinearOperator {
  /// ½‖s A g − y‖² with the s that makes it least, that s, and Aᴴ (s A g − y).
  ///
  /// s times that is the gradient with respect to g: where s is the best one, its change has no part in it
  /// (variable projection, Golub and Pereyra 1973). An s that is no positive number gives way to `fallback`.
  ///
  /// - Parameters:
  ///   - image: g, `[rows, columns]`.
  ///   - gradient: set to Aᴴ (s A g − y).
  func dataLoss(
    scaling image: ComplexArray, to measurements: ComplexArray, fallback: Float,
    into gradient: inout ComplexArray
  ) -> (half: Double, scale: Float) {
    var drawn = forward(image)
    let scale = bestScale(drawn, measurements) ?? fallback
    drawn.scale(by: scale)
    drawn.add(-1, times: measurements)
    adjoint(drawn, into: &gradient)
    return (drawn.squaredNorm / 2, scale)
  }
}

/// The s of least ‖s a − y‖; nil where that is no positive number.
func bestScale(_ a: ComplexArray, _ measurements: ComplexArray) -> Float? {
  let product = zip(a.values, measurements.values).reduce(0.0) {
    $0 + Double(($1.0.conjugate * $1.1).real)
  }
  let scale = Float(product / a.squaredNorm)
  return scale.isFinite && scale > 0 ? scale : nil
}
