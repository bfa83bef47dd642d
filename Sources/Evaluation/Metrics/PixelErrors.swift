import Numerics

/// The sum of (a − b)², or of a² without `b`.
func squaredDistance(_ a: [Double], _ b: [Double]?) -> Double {
  var sum = 0.0
  if let b {
    for index in a.indices {
      let difference = a[index] - b[index]
      sum += difference * difference
    }
  } else {
    for value in a { sum += value * value }
  }
  return sum
}

/// 10 log₁₀(peak² / error) in dB; +∞ without an error.
func peakSignalToNoise(meanSquaredError: Double, peak: Double) -> Double {
  meanSquaredError == 0 ? .infinity : 10 * .log10(peak * peak / meanSquaredError)
}

/// error / reference, where an empty reference that is met exactly has no error, although 0/0 says
/// nothing.
func normalized(_ error: Double, by reference: Double) -> Double {
  error == 0 ? 0 : error / reference
}
