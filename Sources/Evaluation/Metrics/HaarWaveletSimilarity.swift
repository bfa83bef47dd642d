import Numerics

/// The two constants of HaarPSI, for images of 0…255.
struct HaarConstants: Sendable {
  /// Keeps the similarity of small coefficients near 1.
  let c: Double
  /// The steepness of the logistic function.
  let alpha: Double

  /// For photographs, by Reisenhofer, Bosse, Kutyniok and Wiegand (2018).
  static let natural = HaarConstants(c: 30, alpha: 4.2)
  /// For medical images, HaarPSI-MED (Karner et al., arXiv 2410.24098).
  static let medical = HaarConstants(c: 5, alpha: 4.9)
}

/// The Haar wavelet-based perceptual similarity of images with one reference, which is prepared once.
///
/// Reisenhofer, Bosse, Kutyniok and Wiegand (2018), as in their code for grey images
/// (rgcda/haarpsi: haarPsi.py): at half size, the local similarity of the Haar coefficients of 2 and
/// 4 pixels, weighted by those of 8 pixels, in both directions.
struct HaarWaveletSimilarity: Sendable {
  private let constants: HaarConstants
  private let regions: [[Int]]
  private let coefficients: [[Plane]]

  /// Prepares `reference`, scaled to 0…255, and the masks of its regions.
  init(_ reference: Plane, masks: [RegionMask], constants: HaarConstants = .medical) {
    self.constants = constants
    regions = masks.map { $0.blockIndices() }
    coefficients = Self.coefficients(reference)
  }

  /// The similarity of `test`, scaled like the reference, in each region; none where neither image
  /// has a coarse coefficient to weight by.
  func values(_ test: Plane) -> [Double?] {
    let tested = Self.coefficients(test)
    var weighted = [Double](repeating: 0, count: regions.count)
    var total = weighted
    for (ours, theirs) in zip(coefficients, tested) {
      let (fine, middle, coarse) = (ours[0].values, ours[1].values, ours[2].values)
      var weights = coarse
      var scores = coarse
      for index in coarse.indices {
        let similarity =
          (similarity(fine[index], theirs[0].values[index])
            + similarity(middle[index], theirs[1].values[index])) / 2
        let weight = max(coarse[index], theirs[2].values[index])
        weights[index] = weight
        scores[index] = weight / (1 + .exp(-constants.alpha * similarity))
      }
      for (number, region) in regions.enumerated() {
        weighted[number] += region.reduce(0) { $0 + scores[$1] }
        total[number] += region.reduce(0) { $0 + weights[$1] }
      }
    }
    return zip(weighted, total).map { weighted, total in
      guard total > 0 else { return nil }
      let score = weighted / total
      let logit = .log(score / (1 - score)) / constants.alpha
      return logit * logit
    }
  }

  private func similarity(_ a: Double, _ b: Double) -> Double {
    (2 * a * b + constants.c) / (a * a + b * b + constants.c)
  }

  /// The magnitudes of the coefficients of 2, 4 and 8 pixels at half size: those of horizontal edges,
  /// then those of vertical ones.
  private static func coefficients(_ image: Plane) -> [[Plane]] {
    let half = image.blockMeans()
    var edges: [[Plane]] = [[], []]
    for side in [2, 4, 8] {
      // An even kernel has no middle; this is where MATLAB's conv2 'same' puts it.
      let padded = half.padded(before: side / 2 - 1, after: side / 2)
      let flat = [Double](repeating: 1 / Double(side), count: side)
      let step = (0..<side).map { $0 < side / 2 ? 1.0 : -1.0 }
      for (direction, kernels) in [(step, flat), (flat, step)].enumerated() {
        var plane = padded.correlated(kernels.0, kernels.1)
        for index in plane.values.indices { plane.values[index] = abs(plane.values[index]) }
        edges[direction].append(plane)
      }
    }
    return edges
  }
}
