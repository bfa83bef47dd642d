/// The side of the uniform window of the structural similarity, in pixels.
let similarityWindow = 7

/// The structural similarity of images with one reference, which is prepared once.
///
/// Uniform 7×7 window, K₁ = 0.01, K₂ = 0.03, sample covariance N/(N − 1): `structural_similarity` of
/// scikit-image with its defaults, which fastMRI uses. Each window is summed afresh, first down the
/// columns and then along the rows, so that no running sum drifts.
struct StructuralSimilarity: Sendable {
  private let reference: Plane
  private let range: Double
  private let means: Plane
  private let squares: Plane

  /// Prepares `reference`, at least 7×7; `range` is the data range.
  init(_ reference: Plane, range: Double) {
    self.reference = reference
    self.range = range
    means = windowMeans(reference)
    squares = windowMeans(reference.times(reference))
  }

  /// The similarity in every window that lies fully inside: `[rows − 6, columns − 6]`, the centres
  /// of which leave out a border of 3 pixels.
  func map(_ test: Plane) -> Plane {
    let samples = Double(similarityWindow * similarityWindow)
    let covarianceScale = samples / (samples - 1)
    let luminance = (0.01 * range) * (0.01 * range)
    let contrast = (0.03 * range) * (0.03 * range)
    var out = windowMeans(test)
    let testSquares = windowMeans(test.times(test))
    let products = windowMeans(reference.times(test))
    for index in out.values.indices {
      let x = means.values[index]
      let y = out.values[index]
      let varianceX = covarianceScale * (squares.values[index] - x * x)
      let varianceY = covarianceScale * (testSquares.values[index] - y * y)
      let covariance = covarianceScale * (products.values[index] - x * y)
      out.values[index] =
        (2 * x * y + luminance) * (2 * covariance + contrast)
        / ((x * x + y * y + luminance) * (varianceX + varianceY + contrast))
    }
    return out
  }
}

/// Mean structural similarity of two images `[rows, columns]` over all 7×7 windows fully inside.
func structuralSimilarity(
  _ reference: [Double], _ test: [Double], rows: Int, columns: Int, range: Double
) -> Double {
  let similarity = StructuralSimilarity(
    Plane(rows: rows, columns: columns, values: reference), range: range)
  let map = similarity.map(Plane(rows: rows, columns: columns, values: test))
  return map.values.reduce(0, +) / Double(map.values.count)
}

/// The mean of every 7×7 window that lies fully inside.
private func windowMeans(_ plane: Plane) -> Plane {
  let ones = [Double](repeating: 1, count: similarityWindow)
  var sums = plane.correlated(ones, ones)
  let samples = Double(similarityWindow * similarityWindow)
  for index in sums.values.indices { sums.values[index] /= samples }
  return sums
}
