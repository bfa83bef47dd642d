import Evaluation
import Experiments
import Foundation
import Generators
import Training

/// What a training run says: a status line between validations, and a line at each of them.
final class TrainingLog {
  private let status = StatusLine(plainInterval: 300)
  private let first: Int
  private let last: Int

  /// The log of a run from step `first` to `last`.
  init(first: Int, last: Int) {
    (self.first, self.last) = (first, last)
  }

  /// Shows where the run is, unless something was shown just before.
  func show(_ report: Trainer.StepReport) {
    guard status.isDue else { return }
    let done = report.step - first
    let rate = Double(done) / max(status.time, 1e-9)
    status.show(
      "step \(report.step) of \(last) · \(rate.text(digits: 2)) steps/s · "
        + "ETA \(Self.clock(Double(last - report.step) / max(rate, 1e-9))) · "
        + "l1 \(report.evidence.absoluteError.text(digits: 4)) · "
        + "kl \(report.evidence.divergences.reduce(0, +).text(digits: 3))",
      share: Double(report.step) / Double(max(1, last)))
  }

  /// Shows that something takes a while.
  func show(_ text: String) { status.show(text) }

  /// Prints the last row of the history.
  func printRow(_ history: TrainingHistory) {
    status.end()
    func last(_ name: String, _ digits: Int) -> String {
      history.rows.last.flatMap { row in
        history.columns.firstIndex(of: name).flatMap { row[$0] }
      }?.text(digits: digits) ?? "–"
    }
    var parts = [
      "step \(last("step", 0))", "l1 \(last("train_l1", 6))", "kl \(last("train_kl", 5))",
      "val psnr \(last("val_psnr", 3)) dB",
      "kl per level "
        + history.columns.filter { $0.hasPrefix("val_kl_") }.map { last($0, 5) }.joined(
          separator: " "), "|g| \(last("gradient_norm", 4))",
      "\(last("images_per_second", 1)) images/s",
    ]
    for name in history.columns where name.hasPrefix("ilo_psnr_") && last(name, 0) != "–" {
      let acceleration = name.dropFirst("ilo_psnr_".count)
      parts.append(
        "ilo \(acceleration) \(last(name, 2)) dB \(last("ilo_ssim_\(acceleration)", 4)) (wavelets "
          + "\(last("wavelet_psnr_\(acceleration)", 2)) dB "
          + "\(last("wavelet_ssim_\(acceleration)", 4)))")
    }
    print(parts.joined(separator: "  "))
    fflush(nil)
  }

  /// Takes the status line away.
  func end() { status.end() }

  static func clock(_ seconds: Double) -> String {
    let s = Int(max(0, seconds.isFinite ? seconds : 0))
    return String(format: "%d:%02d:%02d", s / 3600, s / 60 % 60, s % 60)
  }
}
