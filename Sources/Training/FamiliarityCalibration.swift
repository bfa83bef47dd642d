import Arrays
public import Generators
import Numerics
public import Reconstruction
import Synchronization

/// Calibrates the score that says how unlike its training images an image is, on images as a
/// reconstruction sees them first: simulated, undersampled, reconstructed without the generator.
///
/// Views are augmented as in training. The mean and spread are of training images, the threshold is of
/// held-out ones. What it sees follows from the seed alone.
public struct FamiliarityCalibration: Sendable {
  /// What it is calibrated on.
  public struct Settings: Sendable, Equatable, Codable {
    /// Views of training images, spread over them.
    public var trainingViews = 400
    /// Views of each held-out image.
    public var heldOutViews = 2
    /// Images of each kind that are no heads, to see whether the score tells.
    public var unfamiliar = 24
    /// The percentile of the held-out images' scores that is the threshold.
    public var percentile = 99.0
    public var seed: UInt64 = 1

    public init() {}
  }

  /// How well the score tells one kind of images from held-out heads.
  public struct Check: Sendable, Codable, Equatable {
    public var kind: String
    public var images: Int
    public var medianScore: Double
    /// The chance that one of them scores above a head, ½ where the score tells nothing; nil for heads.
    public var areaUnderCurve: Double?
    /// The share above the threshold.
    public var warned: Double
  }

  public let settings: Settings
  private let network: LadderNetwork
  private let undersampling: Undersampling

  public init(network: LadderNetwork, settings: Settings = Settings()) {
    self.network = network
    self.settings = settings
    var undersampling = Undersampling()
    // The first image of a reconstruction, and sometimes the whole one: nothing in between.
    (undersampling.partial, undersampling.whole, undersampling.zeroFilled) = (0, 0.15, 0)
    self.undersampling = undersampling
  }

  /// The scale of `training` and `heldOut` images, given by their indices, and what it tells apart.
  ///
  /// - Parameter report: gets the share of the work that is done; what it throws ends the work.
  /// - Throws: `ReconstructionError` if the images are too few, or what `report` throws.
  public func run(
    on images: some TrainingImages, training: [Int], heldOut: [Int],
    report: (Double) throws -> Void
  ) throws -> (scale: FamiliarityScale, checks: [Check]) {
    let count = settings.trainingViews
    let training = training.isEmpty ? [] : (0..<count).map { training[$0 * training.count / count] }
    let views = (0..<settings.heldOutViews).flatMap { _ in heldOut }
    let heads = heldOut.isEmpty ? 0 : settings.unfamiliar
    let kinds = UnfamiliarImages.allCases
    let total = Double(training.count + views.count + kinds.count * heads)
    var done = 0.0
    func measured(
      _ choice: [Int], _ kind: UnfamiliarImages?, stream: UInt64
    ) throws -> [[Double]] {
      var result: [[Double]] = []
      // In pieces, so that the user hears of it; each view has a stream of its own.
      for first in stride(from: 0, to: choice.count, by: 16) {
        let piece = first..<min(choice.count, first + 16)
        let found = Mutex<[Int: [Double]]>([:])
        parallelFor(piece.count) { place in
          let number = piece.lowerBound + place
          let random = RandomStream(seed: settings.seed).split(stream: stream)
            .split(stream: UInt64(number))
          let values = quantities(of: images, choice[number], kind, random)
          found.withLock { $0[place] = values }
        }
        let values = found.withLock { $0 }
        result += values.sorted { $0.key < $1.key }.map(\.value)
        done += Double(piece.count)
        try report(done / total)
      }
      return result
    }
    let ofTraining = try measured(training, nil, stream: 0)
    let ofHeldOut = try measured(views, nil, stream: 1)
    let scale = try FamiliarityScale(
      training: ofTraining, heldOut: ofHeldOut, percentile: settings.percentile)
    let scores = ofHeldOut.map(scale.distance)
    var checks = [
      check("training heads", ofTraining.map(scale.distance), against: nil, scale),
      check("held-out heads", scores, against: nil, scale),
    ]
    for (number, kind) in kinds.enumerated() where heads > 0 {
      let choice = (0..<heads).map { heldOut[$0 * heldOut.count / heads] }
      let values = try measured(choice, kind, stream: UInt64(number) + 2)
      checks.append(check(kind.rawValue, values.map(scale.distance), against: scores, scale))
    }
    return (scale, checks)
  }

  private func check(
    _ kind: String, _ scores: [Double], against heads: [Double]?, _ scale: FamiliarityScale
  ) -> Check {
    Check(
      kind: kind, images: scores.count,
      medianScore: Double(percentile(scores.map { Float($0) }, 50)),
      areaUnderCurve: heads.map { areaUnderCurve($0, scores) },
      warned: Double(scores.count { $0 > scale.threshold }) / Double(max(1, scores.count)))
  }

  /// What the score measures on one view; nil where nothing can be reconstructed, as for a black one.
  private func quantities(
    of images: some TrainingImages, _ index: Int, _ kind: UnfamiliarImages?, _ random: RandomStream
  ) -> [Double]? {
    var random = random
    let image = RealArray(shape: [images.rows, images.columns], values: images.image(index))
    let view: RealArray
    if let kind {
      view = kind.image(from: image, random: &random)
    } else {
      let side = min(images.rows, images.columns)
      view = RealArray(
        shape: [side, side],
        values: Augmentation().view(
          of: image.values, rows: images.rows, columns: images.columns, crop: side,
          random: &random))
    }
    return undersampling.pair(view, random: &random).map {
      FamiliarityScore.quantities(of: $0.input, network: network)
    }
  }
}

/// The chance that one of `others` is above one of `base`, ties counting half: the area under the
/// receiver operating characteristic.
func areaUnderCurve(_ base: [Double], _ others: [Double]) -> Double {
  let pairs = base.reduce(0.0) { sum, one in
    others.reduce(sum) { $0 + ($1 > one ? 1 : $1 == one ? 0.5 : 0) }
  }
  return pairs / Double(max(1, base.count * others.count))
}
