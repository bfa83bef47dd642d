/// How long a run will still take, from what its slices and methods have taken so far.
public struct TimeEstimate: Sendable {
  private let methods: [String]
  /// The mean seconds of each method for a slice, once it has done one.
  private var means: [String: Double] = [:]
  private var counts: [String: Int] = [:]
  private var current: String?
  private var began = 0.0
  /// When the present slice began, and what its methods have taken.
  private var sliceBegan = 0.0
  private var inMethods = 0.0
  /// Seconds of whole slices outside the methods: coil maps, metrics, pictures.
  private var besides: [Double] = []

  /// An estimate for these methods, in the order in which they run.
  public init(methods: [String]) { self.methods = methods }

  /// Takes notice of where the run is at `time`, in seconds.
  public mutating func note(_ progress: RunProgress, at time: Double) {
    if progress.method == nil {
      if !counts.isEmpty { besides.append(time - sliceBegan - inMethods) }
      (sliceBegan, inMethods) = (time, 0)
    }
    if progress.method != current { (current, began) = (progress.method, time) }
    guard progress.isMethodDone, let method = progress.method else { return }
    let count = counts[method, default: 0]
    means[method] = (means[method, default: 0] * Double(count) + time - began) / Double(count + 1)
    counts[method] = count + 1
    inMethods += time - began
    // A single method is followed by itself on the next slice.
    current = nil
  }

  /// The seconds left at `time`; nil as long as a method that is still to come was never timed.
  public func left(_ progress: RunProgress, at time: Double) -> Double? {
    guard let method = progress.method, let index = methods.firstIndex(of: method) else {
      return nil
    }
    let elapsed = progress.isMethodDone ? means[method] ?? 0 : time - began
    let fraction = progress.fraction
    // Early on, the share of the work says little about the time.
    let own =
      fraction > 0.02 ? elapsed * (1 - fraction) / fraction : means[method].map { $0 - elapsed }
    let others = methods.filter { $0 != method }
    guard let own, others.allSatisfy({ means[$0] != nil }) else { return nil }
    let following = methods[(index + 1)...].reduce(0) { $0 + (means[$1] ?? 0) }
    // On the first slice, the coil maps are all that is known of what lies besides the methods.
    let beside =
      besides.isEmpty
      ? began - sliceBegan - inMethods : besides.reduce(0, +) / Double(besides.count)
    let slice =
      (means[method] ?? elapsed + own) + others.reduce(0) { $0 + (means[$1] ?? 0) }
      + max(0, beside)
    return max(0, own) + following + slice * Double(progress.slices - progress.position - 1)
  }

  /// The share of the run that is done, 0 to 1, all methods counted alike until they are timed.
  public func share(_ progress: RunProgress) -> Double {
    guard let method = progress.method, let index = methods.firstIndex(of: method) else {
      return progress.isReference ? 0 : Double(progress.position) / Double(progress.slices)
    }
    let isTimed = methods.allSatisfy { means[$0] != nil }
    let costs = methods.map { isTimed ? max(1e-6, means[$0] ?? 1) : 1 }
    let done = costs[..<index].reduce(0, +) + progress.fraction * costs[index]
    return (Double(progress.position) + done / costs.reduce(0, +)) / Double(progress.slices)
  }
}
