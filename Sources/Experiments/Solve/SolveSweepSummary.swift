import Acquisition
import Arrays
public import Evaluation

/// What a sweep of inverse problems came to: for every condition but its seed, and every method, the means over
/// images and seeds.
public struct SolveSweepSummary: Sendable {
  /// A mean over images and seeds.
  public struct Figure: Sendable {
    public let mean: Double
    /// The standard deviation of the sample; nil for one image.
    public let deviation: Double?
    /// The 95 % interval of the mean, by drawing whole subjects; nil for one subject.
    public let interval: ConfidenceInterval?
  }

  /// One method under one condition.
  public struct Line: Sendable {
    public let task: SolveTask
    public let noise: Double
    /// The kind of the noise, as protocols name it.
    public let noiseModel: String
    /// What tables call the method.
    public let method: String
    /// The number of images, each counted once for every seed, and of their subjects.
    public let images, subjects: Int
    public let psnr, ssim, nmse: Figure
    /// Seconds an image.
    public let seconds: Double
  }

  /// By condition and method, in the protocol's order.
  public let lines: [Line]

  private static let resamples = 10_000

  init(_ sweep: SolveSweep, _ done: [(job: SolveSweep.Job, result: SolveSweep.Result)]) {
    struct Group {
      let condition: SolveProtocol.Condition
      let method: String
      var results: [(subject: String, result: SolveSweep.Result)] = []
    }
    var groups: [Group] = []
    for (job, result) in done {
      let condition = sweep.plan.conditions[job.condition]
      let label = sweep.plan.methods[job.method].label
      let place = groups.firstIndex {
        $0.method == label && $0.condition.isRepeated(by: condition)
      }
      if place == nil { groups.append(Group(condition: condition, method: label)) }
      groups[place ?? groups.count - 1].results.append((sweep.subjects[job.image], result))
    }
    lines = groups.map { group in
      let subjects = Dictionary(grouping: group.results, by: \.subject)
      func figure(_ value: (SolveSweep.Result) -> Double) -> Figure {
        Self.figure(
          subjects.keys.sorted().map { (subjects[$0] ?? []).map { value($0.result) } })
      }
      return Line(
        task: group.condition.task, noise: group.condition.noise,
        noiseModel: group.condition.noiseModel.rawValue, method: group.method,
        images: group.results.count, subjects: subjects.count,
        psnr: figure(\.figures.psnr), ssim: figure(\.figures.ssim), nmse: figure(\.figures.nmse),
        seconds: group.results.reduce(0) { $0 + $1.result.seconds }
          / Double(group.results.count))
    }
  }

  /// The mean of all values, of each subject in a list.
  static func figure(_ values: [[Double]]) -> Figure {
    func mean(_ values: [[Double]]) -> Double {
      values.joined().reduce(0, +) / Double(values.reduce(0) { $0 + $1.count })
    }
    let (middle, count) = (mean(values), values.reduce(0) { $0 + $1.count })
    let square = values.joined().reduce(0) { $0 + ($1 - middle) * ($1 - middle) }
    return Figure(
      mean: middle,
      deviation: count > 1 ? (square / Double(count - 1)).squareRoot() : nil,
      interval: BootstrapInterval(
        of: values, resamples: resamples, stream: RandomStream(seed: 1), statistic: mean
      )?.interval)
  }
}

extension SolveProtocol.Condition {
  /// Whether the other one is the same but for its seed.
  fileprivate func isRepeated(by other: Self) -> Bool {
    var other = other
    other.seed = seed
    return other == self
  }
}
