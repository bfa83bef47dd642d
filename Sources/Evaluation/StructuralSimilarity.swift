import Numerics

/// The side of the uniform window of the structural similarity, in pixels.
let similarityWindow = 7

/// Mean structural similarity of two images `[rows, columns]` over all 7×7 windows fully inside.
///
/// The windows' centres leave out a border of 3 pixels.
/// Uniform window, K₁ = 0.01, K₂ = 0.03, sample covariance N/(N − 1): `structural_similarity` of
/// scikit-image with its defaults, which fastMRI uses. Each window is summed afresh, first down the
/// columns and then along the rows, so that no running sum drifts.
func structuralSimilarity(
  _ reference: [Double], _ test: [Double], rows: Int, columns: Int, range: Double
) -> Double {
  let window = similarityWindow
  let samples = Double(window * window)
  let covarianceScale = samples / (samples - 1)
  let luminance = (0.01 * range) * (0.01 * range)
  let contrast = (0.03 * range) * (0.03 * range)

  // For each column the sums over 7 rows of x, y, x², y² and x·y.
  var sums = Array(repeating: [Double](repeating: 0, count: columns), count: 5)
  var total = 0.0
  for top in 0...(rows - window) {
    for column in 0..<columns {
      var (x, y, xx, yy, xy) = (0.0, 0.0, 0.0, 0.0, 0.0)
      for row in top..<top + window {
        let a = reference[row * columns + column]
        let b = test[row * columns + column]
        x += a
        y += b
        xx += a * a
        yy += b * b
        xy += a * b
      }
      sums[0][column] = x
      sums[1][column] = y
      sums[2][column] = xx
      sums[3][column] = yy
      sums[4][column] = xy
    }
    for left in 0...(columns - window) {
      func mean(_ index: Int) -> Double {
        var sum = 0.0
        for column in left..<left + window { sum += sums[index][column] }
        return sum / samples
      }
      let x = mean(0)
      let y = mean(1)
      let varianceX = covarianceScale * (mean(2) - x * x)
      let varianceY = covarianceScale * (mean(3) - y * y)
      let covariance = covarianceScale * (mean(4) - x * y)
      total +=
        (2 * x * y + luminance) * (2 * covariance + contrast)
        / ((x * x + y * y + luminance) * (varianceX + varianceY + contrast))
    }
  }
  return total / Double((rows - window + 1) * (columns - window + 1))
}

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
