import Arrays
import Evaluation
public import Generators
public import Reconstruction

/// Finds the factor that makes intervals of the spread of ILO's draws, on held-out images.
///
/// The images are those of a stack's split `val`, each scanned with simulated coils, phase and noise
/// and undersampled; the truth is the image. Every other subject is for the factor, the others are for
/// the check.
public struct SpreadCalibration: Sendable {
  public struct Settings: Sendable, Codable, Equatable {
    /// Images that the factor is from.
    public var images = 40
    /// Images of other subjects that it is checked on.
    public var checks = 20
    public var draws = 8
    /// The share of pixels that the intervals are to hold.
    public var level = 0.9
    /// The images get these in turn.
    public var accelerations: [Double] = [4, 8]
    /// The seed of coils, noise and masks.
    public var seed: UInt64 = 1

    public init() {}
  }

  public let settings: Settings
  private let method: ILO
  private let stack: ImageStackReader
  private let fitting: [Int]
  private let checking: [Int]

  /// Throws `ExperimentError` if the stack has no split `val` of two or more subjects, or errors on the
  /// stack or the weights.
  public init(weights: WeightsFile, stack path: String, settings: Settings = Settings()) throws {
    stack = try ImageStackReader(path: path)
    guard let splits = try stack.texts("split"), let subjects = try stack.texts("subject") else {
      throw ExperimentError(
        "\(path): has no 'split' and 'subject' of its images; give a stack as for training")
    }
    let held = splits.indices.filter { splits[$0] == "val" }
    let names = Set(held.map { subjects[$0] }).sorted()
    guard names.count >= 2 else {
      throw ExperimentError(
        "\(path): the split 'val' holds \(names.count) subject\(names.count == 1 ? "" : "s"); two or "
          + "more are needed, some for the factor and some for its check")
    }
    let fitted = Set(names.enumerated().filter { $0.offset % 2 == 0 }.map(\.element))
    fitting = held.filter { fitted.contains(subjects[$0]) }.spread(settings.images)
    checking = held.filter { !fitted.contains(subjects[$0]) }.spread(settings.checks)
    method = try ILO(weights: weights, draws: settings.draws)
    self.settings = settings
  }

  /// What one image gave.
  private struct Found {
    var scores: [Float]
    /// The mean of spread + floor over the head.
    var spread: Double
  }

  /// The scale with its check.
  ///
  /// - Parameter report: gets the share of the work that is done; what it throws ends the work.
  /// - Throws: `ReconstructionError` if there are too few images, or what `report` throws.
  public func run(report: (Double) throws -> Void) throws -> SpreadScale {
    let total = fitting.count + checking.count
    func found(_ images: [Int], after: Int) throws -> [Found] {
      var all: [Found] = []
      for (place, index) in images.enumerated() {
        let acceleration = settings.accelerations[place % settings.accelerations.count]
        try report(Double(after + place) / Double(total))
        let one: SimulatedCase
        do {
          one = try SimulatedCase(
            of: try stack.image(index), number: index, acceleration: acceleration,
            seed: settings.seed, name: "spread")
        } catch ReconstructionError.noSignal {
          // A black image is no image of a head, and nothing can be said of it.
          continue
        } catch {
          throw ExperimentError(
            "\(stack.path), image \(index), undersampled \(acceleration.text(digits: 0)) times: \(error)"
          )
        }
        all.append(
          try self.found(one) { try report((Double(after + place) + $0) / Double(total)) })
      }
      return all
    }
    var scale = try SpreadScale(
      scores: try found(fitting, after: 0).map(\.scores), level: settings.level,
      draws: settings.draws)
    let checks = try found(checking, after: fitting.count)
    if !checks.isEmpty {
      let coverages = checks.map { one in
        Double(one.scores.count { Double($0) <= scale.factor }) / Double(one.scores.count)
      }
      let count = Double(checks.count)
      scale.check = SpreadScale.Check(
        slices: checks.count, coverage: coverages.reduce(0, +) / count,
        leastCoverage: coverages.min() ?? 0, greatestCoverage: coverages.max() ?? 0,
        halfWidth: scale.factor * checks.reduce(0) { $0 + $1.spread } / count)
    }
    return scale
  }

  private func found(_ one: SimulatedCase, report: (Double) throws -> Void) throws -> Found {
    let result = try method.reconstruct(one.problem) { try report($0.fraction) }
    let spread = PosteriorSpread(result.draws, about: result.image)
    var error = result.image.magnitudes
    let members = HeadRegion.members(of: error)
    for index in error.values.indices {
      error.values[index] -= one.reference.values[index] / one.scale
    }
    let scores = SpreadScale.scores(
      error: error, deviation: spread.deviation, members: members)
    let sum = members.indices.reduce(0.0) {
      $0 + (members[$1] ? Double(spread.deviation.values[$1] + SpreadScale.floor) : 0)
    }
    return Found(scores: scores, spread: sum / Double(max(1, scores.count)))
  }
}
