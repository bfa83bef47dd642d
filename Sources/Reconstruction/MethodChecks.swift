import Arrays
import Numerics

/// Throws unless a setting is a finite number of 0 or more.
func requireNotNegative(
  _ value: Float, _ setting: String, of method: String
) throws(ReconstructionError) {
  guard value.isFinite, value >= 0 else {
    throw .setting(method: method, setting: setting, value: Double(value))
  }
}

/// Throws unless every pixel of `image` is finite.
func requireFinite(_ image: ComplexArray, of method: String) throws(ReconstructionError) {
  // The sum is finite exactly when all pixels are: squares of floats cannot overflow a double.
  guard image.squaredNorm.isFinite else { throw .diverged(method: method) }
}
