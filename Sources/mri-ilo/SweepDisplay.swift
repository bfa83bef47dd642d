import Experiments
import Foundation

/// A sweep's progress on the standard error.
final class SweepDisplay {
  private let line = StatusLine()

  /// Shows which scan is being looked at before the work begins.
  func show(preparing scan: String) { line.show("looking at \(scan)") }

  /// Shows where the work is; `jobs` were to be done at the start.
  func show(_ progress: SweepProgress, jobs: Int) {
    guard line.isDue else { return }
    var parts = ["\(progress.done + progress.failed)/\(jobs) jobs"]
    if progress.failed > 0 { parts.append("\(progress.failed) failed") }
    if progress.references > 0 { parts.append("\(progress.references) references to make") }
    if let left = progress.secondsLeft { parts.append("ETA \(TrainingLog.clock(left))") }
    parts += progress.current.filter { !$0.isEmpty }.prefix(1)
    let share = jobs == 0 ? 1 : Double(progress.done + progress.failed) / Double(jobs)
    line.show(parts.joined(separator: " · "), share: share)
  }

  /// Takes the line away.
  func end() { line.end() }
}
