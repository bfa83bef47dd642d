import Numerics

/// The high-frequency error norm of images with one reference, which is prepared once.
///
/// Ravishankar and Bresler, IEEE Trans. Med. Imaging 30, 1028 (2011): the norm of the difference
/// after a rotationally symmetric Laplacian of Gaussian of 15×15 pixels and σ = 1.5 pixels, here over
/// the norm of the filtered reference, so that it does not depend on the scale. The kernel is
/// MATLAB's `fspecial('log', 15, 1.5)` and zeros lie outside the image, as `imfilter` has it in that
/// group's code. Others differ: σ is 2.5 in NKI-AI/direct: direct/functionals/hfen.py.
struct HighFrequencyError: Sendable {
  /// The side of the kernel in pixels.
  static let side = 15
  private static let sigma = 1.5

  private let reference: Plane
  private let filteredReference: Plane

  /// Prepares `reference`.
  init(_ reference: Plane) {
    self.reference = reference
    filteredReference = Self.filtered(reference)
  }

  /// The error norm over each list of pixel indices; none for an empty list.
  func values(_ test: Plane, over regions: [[Int]]) -> [Double?] {
    // The filter is linear: once over the difference does for both images.
    let difference = Self.filtered(reference.minus(test))
    return regions.map { region in
      region.isEmpty
        ? nil
        : normalized(
          Self.norm(difference, over: region), by: Self.norm(filteredReference, over: region))
    }
  }

  /// The image after the Laplacian of Gaussian; same size.
  ///
  /// The kernel is not separable but a sum of three that are: with g(x) = exp(−x²/2σ²) and
  /// q(x) = (x² − σ²) g(x) it is (q(x) g(y) + g(x) q(y)) / (σ⁴ (Σg)²) less its mean.
  static func filtered(_ image: Plane) -> Plane {
    let half = side / 2
    let square = sigma * sigma
    let places = (-half...half).map { Double($0 * $0) }
    let gauss = places.map { Double.exp(-$0 / (2 * square)) }
    let bend = zip(places, gauss).map { ($0 - square) * $1 }
    let sum = gauss.reduce(0, +)
    let scale = 1 / (square * square * sum * sum)
    let mean = 2 * scale * bend.reduce(0, +) * sum / Double(side * side)

    let padded = image.padded(before: half, after: half)
    let ones = [Double](repeating: 1, count: side)
    var out = padded.correlated(bend, gauss.map { $0 * scale })
    let second = padded.correlated(gauss, bend.map { $0 * scale })
    let offset = padded.correlated(ones, ones.map { $0 * mean })
    for index in out.values.indices {
      out.values[index] += second.values[index] - offset.values[index]
    }
    return out
  }

  private static func norm(_ plane: Plane, over region: [Int]) -> Double {
    region.reduce(0) { $0 + plane.values[$1] * plane.values[$1] }.squareRoot()
  }
}
