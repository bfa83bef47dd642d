import Numerics

/// The visual information fidelity in the pixel domain of images with one reference, which is
/// prepared once.
///
/// Sheikh and Bovik, IEEE Trans. Image Process. 15, 430 (2006), in the variant VIFp of their code,
/// as andrewekhalel/sewar has it (sewar/full_ref.py, `vifp`): four scales with Gaussian windows of
/// 17, 9, 5 and 3 pixels and σ of a fifth of that, each scale smoothed with its window and halved from
/// the one before, and a noise variance of 2 for images of 0…255.
struct VisualInformation: Sendable {
  /// The least side for which the last scale holds a window.
  static let minimumSide = 41
  /// sewar's `sigma_nsq`, for images of 0…255.
  private static let noise = 2.0
  /// sewar's `EPS`: below this a variance counts as none.
  private static let least = 1e-10
  private static let windows = [17, 9, 5, 3]

  /// What one scale keeps of the reference.
  private struct Scale: Sendable {
    let window: [Double]
    let image: Plane
    let mean: Plane
    let variance: Plane
    /// For each region, the indices of the windows whose centres lie in it.
    let regions: [[Int]]
    /// For each region, the information that those windows hold of the reference.
    let information: [Double]
  }

  private let scales: [Scale]

  /// Prepares `reference`, scaled to 0…255 and at least 41×41, and the masks of its regions.
  init(_ reference: Plane, masks: [RegionMask]) {
    var image = reference
    var scales: [Scale] = []
    // The pixel `k` of this scale's image is centred on the pixel `origin + k·step` of the slice.
    var (origin, step) = (0, 1)
    for (level, side) in Self.windows.enumerated() {
      let window = Self.gaussian(side)
      if level > 0 {
        image = image.correlated(window, window, stride: 2)
        origin += step * (side / 2)
        step *= 2
      }
      let mean = image.correlated(window, window)
      var variance = image.times(image).correlated(window, window).minus(mean.times(mean))
      for index in variance.values.indices {
        variance.values[index] = max(0, variance.values[index])
      }
      let centre = origin + step * (side / 2)
      let regions = masks.map {
        $0.indices(mapRows: mean.rows, mapColumns: mean.columns, origin: centre, step: step)
      }
      let information = regions.map { region in
        region.reduce(0.0) { sum, index in
          let value = variance.values[index]
          return value < Self.least ? sum : sum + .log10(1 + value / Self.noise)
        }
      }
      scales.append(
        Scale(
          window: window, image: image, mean: mean, variance: variance, regions: regions,
          information: information))
    }
    self.scales = scales
  }

  /// The fidelity of `test`, scaled like the reference, in each region; none where the reference
  /// holds no information.
  func values(_ test: Plane) -> [Double?] {
    guard let regions = scales.first?.regions.count else { return [] }
    var shared = [Double](repeating: 0, count: regions)
    var held = shared
    var image = test
    for (level, scale) in scales.enumerated() {
      if level > 0 { image = image.correlated(scale.window, scale.window, stride: 2) }
      let map = Self.sharedInformation(scale, image)
      for region in 0..<regions {
        shared[region] += scale.regions[region].reduce(0) { $0 + map[$1] }
        held[region] += scale.information[region]
      }
    }
    return zip(shared, held).map { $1 > 0 ? $0 / $1 : nil }
  }

  /// The information that `test` shares with the reference, for every window of one scale.
  private static func sharedInformation(_ scale: Scale, _ test: Plane) -> [Double] {
    let window = scale.window
    let mean = test.correlated(window, window)
    let squares = test.times(test).correlated(window, window)
    let products = scale.image.times(test).correlated(window, window)
    return mean.values.indices.map { index in
      let reference = scale.variance.values[index]
      let own = max(0, squares.values[index] - mean.values[index] * mean.values[index])
      let covariance = products.values[index] - scale.mean.values[index] * mean.values[index]
      // A window without contrast in either image shares nothing; nor does one of opposite contrast.
      guard reference >= least, own >= least, covariance > 0 else { return 0 }
      let gain = covariance / (reference + least)
      let unexplained = max(least, own - gain * covariance)
      return .log10(1 + gain * gain * reference / (unexplained + noise))
    }
  }

  /// The samples of a Gaussian of σ = side/5, with sum 1.
  private static func gaussian(_ side: Int) -> [Double] {
    let sigma = Double(side) / 5
    let samples = (0..<side).map { (place: Int) -> Double in
      let distance = Double(place - side / 2)
      return .exp(-distance * distance / (2 * sigma * sigma))
    }
    let sum = samples.reduce(0, +)
    return samples.map { $0 / sum }
  }
}
