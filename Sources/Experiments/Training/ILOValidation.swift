import Arrays
import Evaluation
import Foundation
public import Generators
import Reconstruction
public import Training

/// A few held-out slices, undersampled, to be reconstructed by ILO in the course of a training run.
///
/// Every slice is scanned with simulated coils, phase and noise, the same at every call; maps and
/// scale come from the sampled columns. Auto-encoding does not tell how good a generator is for this.
public struct ILOValidation: Sendable {
  /// The mean figures over the slices at one acceleration.
  public struct Figures: Sendable, Equatable {
    /// In dB.
    public var psnr: Double
    public var ssim: Double
  }

  /// The asked accelerations.
  public let accelerations: [Double]
  /// What l1-wavelet with its defaults gives, one for each acceleration.
  public let wavelet: [Figures]
  /// The images that are reconstructed.
  public let choice: [Int]
  private let rounds: Int
  private let cases: [[SimulatedCase]]

  /// Undersamples some of the images `candidates`, spread evenly over them; black ones are passed
  /// over.
  ///
  /// Throws `ExperimentError` if none can be undersampled.
  public init(
    images: StoredImages, candidates: [Int], settings: ValidationSettings
  ) throws {
    accelerations = settings.accelerations
    rounds = settings.iloRounds
    var cases = settings.accelerations.map { _ in [SimulatedCase]() }
    var choice: [Int] = []
    let spread = candidates.spread(settings.iloImages)
    for index in spread + candidates.filter({ !spread.contains($0) }) {
      guard choice.count < settings.iloImages else { break }
      let image = RealArray(
        shape: [images.rows, images.columns], values: images.image(index))
      let own = accelerations.compactMap {
        try? SimulatedCase(
          of: image, number: index, acceleration: $0, seed: settings.seed, name: "validation")
      }
      guard own.count == accelerations.count else { continue }
      choice.append(index)
      for (place, one) in own.enumerated() { cases[place].append(one) }
    }
    guard !choice.isEmpty else {
      throw ExperimentError(
        "no held-out image can be undersampled to be reconstructed by ILO; lower "
          + "'validation.accelerations' in the recipe, or set 'validation.ilo_every' to 0")
    }
    (self.choice, self.cases) = (choice, cases)
    wavelet = try cases.map { try Self.figures($0, L1Wavelet()) }
  }

  /// ILO's figures with the network of `weights`, one for each acceleration.
  ///
  /// `check` is called now and then; what it throws ends the work. Throws `ReconstructionError` if the
  /// network gives no finite image or states no radii.
  public func figures(weights: WeightsFile, check: () throws -> Void) throws -> [Figures] {
    var settings = ILOSettings()
    settings.rounds = rounds
    let method = try ILO(weights: weights, settings: settings)
    return try cases.map { try Self.figures($0, method, check: check) }
  }

  private static func figures(
    _ cases: [SimulatedCase], _ method: some ReconstructionMethod, check: () throws -> Void = {}
  ) throws -> Figures {
    var sum = Figures(psnr: 0, ssim: 0)
    for one in cases {
      let image = try method.reconstruct(one.problem) { _ in try check() }.image
      var magnitude = image.magnitudes
      for index in magnitude.values.indices { magnitude.values[index] *= one.scale }
      let metrics = try measure(magnitude, against: one.reference).volume
      sum.psnr += metrics.psnr / Double(cases.count)
      sum.ssim += metrics.ssim / Double(cases.count)
    }
    return sum
  }
}

extension Array {
  /// `count` of the elements, or all if they are fewer, evenly spread.
  func spread(_ count: Int) -> [Element] {
    let count = Swift.min(count, self.count)
    return (0..<count).map { self[(2 * $0 + 1) * self.count / (2 * count)] }
  }
}
