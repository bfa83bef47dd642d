/// What the checks of ILO's theory are run with.
public struct TheorySettings: Sendable, Equatable, Codable {
  /// Of all that is drawn.
  public var seed: UInt64 = 1
  /// The images' sides.
  public var rows = 48
  public var columns = 48
  /// The number of levels before the layer that the l1 ball lies in, which make G₁; the rest is G₂.
  public var cut = 2
  /// How many images are drawn and recovered.
  public var images = 2
  /// Numbers of measurements, as shares of the number of pixels.
  public var measurements = [0.02, 0.05, 0.1, 0.2, 0.4]
  /// Radii of the l1 ball, in units of the sum of absolute values of the true deviation; without end comes
  /// after them.
  public var radii = [0, 0.1, 0.25, 0.5, 1, 2, 4]
  /// The share of the features at the cut that the true deviation changes.
  public var sparsity = 0.02
  /// How much that changes the image, relative to its norm.
  public var deviation = 0.2
  /// The standard deviation of the noise over the root mean square of noiseless measurements.
  public var noise = 0.05
  /// Pairs of images that isometry is measured on.
  public var pairs = 40
  /// Iterations of L-BFGS of a fit of G₁'s latents, and of one in the ball.
  public var latentIterations = 100
  public var ballIterations = 80
  /// Draws of G₁'s latents that a fit starts from.
  public var starts = 2
  /// Repetitions of the checks of vectors alone.
  public var trials = 200

  public init() {}

  /// A sentence if the settings fit no generator of `levels` levels, else nil.
  public func fault(levels: Int, factor: Int) -> String? {
    if cut < 1 || cut >= levels {
      return "--cut \(cut): of the generator's \(levels) levels 1 to \(levels - 1) can be cut"
    }
    if rows < factor || columns < factor || rows > 512 || columns > 512 {
      return "images of \(rows) × \(columns): give sides from \(factor) to 512"
    }
    if measurements.isEmpty || measurements.contains(where: { !($0 > 0 && $0 <= 1) }) {
      return "--measurements: give shares above 0 and at most 1"
    }
    if radii.isEmpty || radii.contains(where: { !($0 >= 0 && $0.isFinite) }) {
      return "--radii: give numbers of 0 or more"
    }
    if zip(radii, radii.dropFirst()).contains(where: { $0 >= $1 })
      || zip(measurements, measurements.dropFirst()).contains(where: { $0 >= $1 })
    {
      return "--radii and --measurements: give ascending numbers"
    }
    let isInRange =
      images >= 1 && pairs >= 2 && latentIterations >= 1 && ballIterations >= 1 && starts >= 1
      && trials >= 2 && sparsity > 0 && sparsity <= 1 && noise >= 0 && noise.isFinite
      && deviation > 0 && deviation.isFinite
    return isInRange ? nil : "a number of images, pairs, iterations or trials is out of range"
  }
}
