import Experiments
import Foundation

/// The progress of a run on the standard error: a bar that is redrawn on a terminal, now and then a
/// plain line elsewhere.
final class ProgressDisplay {
  private let line: StatusLine
  private var estimate: TimeEstimate

  /// A display on `line` for a run of these methods, in the order in which they run.
  init(methods: [String], line: StatusLine) {
    self.line = line
    estimate = TimeEstimate(methods: methods)
  }

  /// Shows where the run is, unless something was shown just before.
  func show(_ progress: RunProgress) {
    let now = line.time
    estimate.note(progress, at: now)
    guard line.isDue else { return }
    line.show(description(progress, now), share: estimate.share(progress))
  }

  private func description(_ progress: RunProgress, _ now: Double) -> String {
    var parts = ["slice \(progress.slice) (\(progress.position + 1)/\(progress.slices))"]
    if let method = progress.method { parts.append(method) }
    if !progress.stage.isEmpty { parts.append(progress.stage) }
    if let misfit = progress.misfit { parts.append(String(format: "misfit %.4f", misfit)) }
    if let left = estimate.left(progress, at: now) {
      parts.append("ETA \(TrainingLog.clock(left))")
    }
    return parts.joined(separator: " · ")
  }
}
