import Arrays
import Foundation
public import Generators
import Numerics

/// How the images that a generator was trained for look to it: the mean and spread of what
/// `FamiliarityScore` measures on them, and the score that few of them exceed.
public struct FamiliarityScale: Sendable, Codable, Equatable {
  /// The mean of each quantity over training images.
  public var mean: [Float]
  /// One row for each principal axis of the quantities, divided by the standard deviation along it.
  public var axes: [[Float]]
  /// The score that `percentile` % of the held-out images do not exceed.
  public var threshold: Double
  public var percentile: Double
  /// The numbers of images that mean and axes, and the threshold, are from.
  public var trainingImages: Int
  public var heldOutImages: Int

  /// The share of the correlations between quantities that is not believed.
  ///
  /// With it a few hundred images fix a covariance of some fifty quantities (Ledoit and Wolf, J.
  /// Multivar. Anal. 88:365, 2004, choose it from the data; between 0.05 and 0.5 it hardly matters).
  private static let shrinkage = 0.05

  /// The scale of the quantities of training and of held-out images, one row an image.
  ///
  /// The threshold is from images that the network was not trained on: it knows its own too well.
  /// Throws `ReconstructionError.settings` for fewer images than fix a scale, or for quantities that are
  /// not finite or never change.
  public init(
    training: [[Double]], heldOut: [[Double]], percentile: Double
  ) throws(ReconstructionError) {
    let (count, size) = (training.count, training.first?.count ?? 0)
    func refused(_ reason: String) -> ReconstructionError {
      .settings(method: "familiarity", reason: reason)
    }
    guard size > 0, count >= 2 * size, heldOut.count >= 10 else {
      throw refused(
        "\(count) training and \(heldOut.count) held-out images are too few to calibrate on; give at "
          + "least \(max(2, 2 * size)) and 10")
    }
    guard (training + heldOut).allSatisfy({ $0.count == size && $0.allSatisfy(\.isFinite) }) else {
      throw refused("an image gives values that are not finite; see 'mri-ilo weights verify'")
    }
    let mean = (0..<size).map { k in training.reduce(0) { $0 + $1[k] } / Double(count) }
    let spread = (0..<size).map { (k: Int) -> Double in
      let squares = training.reduce(0.0) { sum, row in
        let shift = row[k] - mean[k]
        return sum + shift * shift
      }
      return (squares / Double(count - 1)).squareRoot()
    }
    guard spread.allSatisfy({ $0 > 0 }) else {
      throw refused("the images are too much alike to calibrate on; give other ones")
    }
    var correlation = [Complex<Double>](repeating: .zero, count: size * size)
    let share = (1 - Self.shrinkage) / Double(count - 1)
    for row in training {
      let standard = (0..<size).map { (k: Int) -> Double in (row[k] - mean[k]) / spread[k] }
      for i in 0..<size {
        for j in 0..<size { correlation[i * size + j].real += share * standard[i] * standard[j] }
      }
    }
    for i in 0..<size { correlation[i * size + i].real += Self.shrinkage }
    guard let system = try? LinearAlgebra.hermitianEigensystem(correlation, size: size) else {
      throw refused("the spread of the images could not be worked out; give other ones")
    }
    self.mean = mean.map { Float($0) }
    axes = system.values.enumerated().map { (axis: Int, value: Double) -> [Float] in
      let deviation = value.squareRoot()
      return (0..<size).map { (k: Int) -> Float in
        Float(system.vectors[axis * size + k].real / (deviation * spread[k]))
      }
    }
    self.percentile = percentile
    (trainingImages, heldOutImages) = (count, heldOut.count)
    threshold = 0
    let distances = heldOut.map { Float(distance(of: $0)) }
    threshold = Double(Arrays.percentile(distances, percentile))
  }

  /// The Mahalanobis distance of an image's quantities from the mean; infinite if one is not finite.
  public func distance(of quantities: [Double]) -> Double {
    let shift = zip(quantities, mean).map { $0 - Double($1) }
    let square = axes.reduce(0.0) { sum, axis in
      let along = zip(axis, shift).reduce(0.0) { $0 + Double($1.0) * $1.1 }
      return sum + along * along
    }
    return square.isFinite ? square.squareRoot() : .infinity
  }

  /// Whether the scale is one for so many quantities, and of finite numbers.
  func fits(_ size: Int) -> Bool {
    mean.count == size && axes.count == size && threshold > 0 && threshold.isFinite
      && ([mean] + axes).allSatisfy { $0.count == size && $0.allSatisfy(\.isFinite) }
  }

  /// The threshold and what it is from, for a reader.
  public var text: String {
    String(
      format: "threshold %.2f, the %gth percentile of %d held-out images", threshold, percentile,
      heldOutImages)
  }
}

extension WeightsFile {
  /// The key of the scale among the notes.
  public static let familiarityKey = "familiarity"

  /// The scale by which images are judged, from `mri-ilo weights calibrate`; nil where the file states
  /// none that fits its network.
  public var familiarity: FamiliarityScale? {
    get {
      guard let text = notes[Self.familiarityKey],
        let scale = try? JSONDecoder().decode(FamiliarityScale.self, from: Data(text.utf8)),
        scale.fits(FamiliarityScore.quantityCount(architecture))
      else { return nil }
      return scale
    }
    set {
      let encoder = JSONEncoder()
      encoder.outputFormatting = .sortedKeys
      notes[Self.familiarityKey] = newValue.flatMap { try? encoder.encode($0) }.map {
        String(decoding: $0, as: UTF8.self)
      }
    }
  }
}
