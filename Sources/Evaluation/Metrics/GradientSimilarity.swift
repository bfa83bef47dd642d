/// The gradient magnitude similarity deviation of images with one reference, which is prepared once.
///
/// Xue, Zhang, Mou and Bovik, IEEE Trans. Image Process. 23, 684 (2014): at half size, the standard
/// deviation (over N, as the paper has it, not N − 1) of the similarity of the Prewitt gradients, with
/// c = 170 for images of 0…255.
struct GradientSimilarity: Sendable {
  private static let constant = 170.0

  private let regions: [[Int]]
  private let magnitudes: Plane

  /// Prepares `reference`, scaled to 0…255, and the masks of its regions.
  init(_ reference: Plane, masks: [RegionMask]) {
    regions = masks.map { $0.blockIndices() }
    magnitudes = Self.magnitudes(reference)
  }

  /// The deviation of `test`, scaled like the reference, in each region; none for a region of fewer
  /// than two pixels at half size, in which nothing can deviate.
  func values(_ test: Plane) -> [Double?] {
    var map = Self.magnitudes(test).values
    for index in map.indices {
      let (a, b) = (magnitudes.values[index], map[index])
      map[index] = (2 * a * b + Self.constant) / (a * a + b * b + Self.constant)
    }
    return regions.map { region in
      guard region.count > 1 else { return nil }
      let mean = region.reduce(0) { $0 + map[$1] } / Double(region.count)
      let squares = region.reduce(0) { $0 + (map[$1] - mean) * (map[$1] - mean) }
      return (squares / Double(region.count)).squareRoot()
    }
  }

  /// The magnitude of the gradient at half size, with zeros outside the image.
  private static func magnitudes(_ image: Plane) -> Plane {
    let padded = image.blockMeans().padded(before: 1, after: 1)
    let third = [Double](repeating: 1.0 / 3, count: 3)
    let step = [1.0, 0, -1]
    var out = padded.correlated(step, third)
    let across = padded.correlated(third, step)
    for index in out.values.indices {
      let (a, b) = (out.values[index], across.values[index])
      out.values[index] = (a * a + b * b).squareRoot()
    }
    return out
  }
}
