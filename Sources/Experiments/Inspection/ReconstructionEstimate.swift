import Acquisition
import Arrays
import Foundation
import Generators
import Reconstruction
import ScanFiles

/// What the reconstruction of a scan will take on this machine, roughly.
///
/// Coil maps, a few iterations of `sense` and, where the weights are found, a short `ilo` are timed on one slice;
/// by `SweepEstimate`'s rules of thumb that gives what the methods' full settings take, the other methods being as
/// much faster or slower than their rules as `sense` is. Memory is by the same rules. Other work on the machine
/// shows in the times.
public struct ReconstructionEstimate: Sendable, Codable {
  /// One method on all slices.
  public struct Method: Sendable, Codable {
    public var name: String
    public var secondsPerSlice: Double
    public var seconds: Double
    /// Bytes, with what the program itself takes.
    public var memory: Int
    /// Whether the method itself was timed, and not another one in its place.
    public var isTimed: Bool
  }

  public var threads: Int
  /// Seconds that the coil maps of a slice took.
  public var coilMapSeconds: Double
  public var methods: [Method]

  private static let names = ["zero-filled", "sense", "l1-wavelet", "tv", "ilo"]

  /// Times the slice `slice` of `scan`, sampled as the scan is, or by a fourth of its columns where it is
  /// whole: then there would be nothing to solve.
  ///
  /// Throws if it gives no coil maps or cannot be reconstructed.
  init(of scan: ReadoutCroppedScan, slice: Int) throws {
    let plan = try SamplingPlan(
      scan: scan, source: scan.isFullySampled ? .drawn(.init(acceleration: 4, seed: 1)) : .scan)
    let began = ContinuousClock.now
    let problem = try UndersampledSlice(scan: scan, slice: slice, mask: plan.mask).problem
    coilMapSeconds = began.secondsToNow
    threads = Parallelism.threads

    func rule(_ name: String, _ settings: RecordedValue) -> SweepEstimate {
      var estimate = SweepEstimate(methods: [
        .init(name: name, label: name, settings: settings, line: 0)
      ])
      estimate.add(scan, slices: 1, masks: 1)
      return estimate
    }
    /// How many times the rule's seconds the method takes here.
    func ratio(_ method: any ReconstructionMethod, _ settings: RecordedValue) throws -> Double {
      // The first call also makes plans and wakes threads.
      if method.name == "sense" { _ = try method.reconstruct(problem) { _ in } }
      let began = ContinuousClock.now
      _ = try method.reconstruct(problem) { _ in }
      return began.secondsToNow / max(1e-9, rule(method.name, settings).secondsByMethod[0])
    }
    let sense = SENSE(iterations: 5, tolerance: 0)
    let common = try ratio(sense, try RecordedValue(sense))
    var own: [String: Double] = ["sense": common]
    if let path = try? WeightsLocation(option: nil).path(),
      let weights = try? WeightsFile(contentsOf: path)
    {
      var settings = Self.shortILO(levels: weights.architecture.levels)
      let method = try? ILO(weights: weights, settings: settings)
      // A stage also looks at the point from which it starts, which the rule leaves out of longer ones.
      settings.stages = settings.stages.map { .init(iterations: $0.iterations + 1) }
      own["ilo"] = try? method.map { try ratio($0, try RecordedValue(settings)) }
    }
    methods = []
    for name in Self.names {
      guard let choice = MethodChoice.all.first(where: { $0.name == name }) else { continue }
      let rule = rule(name, choice.defaults)
      let perSlice = coilMapSeconds + rule.secondsByMethod[0] * (own[name] ?? common)
      methods.append(
        Method(
          name: name, secondsPerSlice: perSlice, seconds: perSlice * Double(scan.slices),
          memory: rule.memory, isTimed: own[name] != nil))
    }
  }

  /// A small part of the usual evaluations.
  private static func shortILO(levels: Int) -> ILOSettings {
    var settings = ILOSettings()
    (settings.encoderRounds, settings.rounds) = (1, 1)
    settings.stages = Array(repeating: .init(iterations: 1), count: levels)
    settings.startIterations = 15
    settings.residualIterations = settings.residualAveraged
    return settings
  }

  /// The lines for a reader.
  var lines: [(name: String, value: String)] {
    func time(_ seconds: Double) -> String {
      switch seconds {
      case ..<0.1: "under 0.1 s"
      case ..<90: String(format: "%.1f s", seconds)
      case ..<5400: String(format: "%.0f min", seconds / 60)
      default: String(format: "%.1f h", seconds / 3600)
      }
    }
    return methods.map { method in
      (
        "\(method.name), roughly",
        "\(time(method.secondsPerSlice)) a slice, \(time(method.seconds)) in all, about "
          + "\(method.memory >> 20) MiB; \(method.isTimed ? "timed" : "by the time of sense") here on one "
          + "slice, \(threads) thread\(threads == 1 ? "" : "s")"
      )
    }
  }
}
