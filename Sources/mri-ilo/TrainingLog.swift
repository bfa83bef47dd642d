import Foundation
import Generators
import Training

/// The training log: a CSV file, and one line on the terminal per validation.
struct TrainingLog {
  let path: String
  let appending: Bool

  /// Running means of the training batches between two lines.
  struct Mean {
    var count = 0
    var absoluteError = 0.0
    var divergence = 0.0
    var skipped = 0

    mutating func add(_ report: Trainer.StepReport) {
      count += 1
      absoluteError += report.evidence.absoluteError
      divergence += report.evidence.divergences.reduce(0, +)
      if report.skipped { skipped += 1 }
    }
  }

  func begin(levels: Int) throws {
    if appending && FileManager.default.fileExists(atPath: path) { return }
    let names = (0..<levels).map { "val_kl_\($0)" }
    try append(
      ([
        "step", "seconds", "learning_rate", "train_l1", "train_kl", "skipped", "gradient_norm",
        "val_psnr", "val_l1",
      ] + names).joined(separator: ",") + "\n", fresh: true)
  }

  func line(
    report: Trainer.StepReport, mean: Mean, validation: LadderNetwork.Evidence, seconds: Double,
    left: Double
  ) throws {
    let n = Double(max(1, mean.count))
    let psnr = -10 * log10(max(validation.squaredError, 1e-30))
    let divergences = validation.divergences.map { String(format: "%.5f", $0) }
    let fields = [
      String(report.step), String(format: "%.1f", seconds),
      String(format: "%.6g", report.learningRate), String(format: "%.6f", mean.absoluteError / n),
      String(format: "%.5f", mean.divergence / n), String(mean.skipped),
      String(format: "%.4g", report.gradientNorm), String(format: "%.3f", psnr),
      String(format: "%.6f", validation.absoluteError),
    ]
    try append((fields + divergences).joined(separator: ",") + "\n", fresh: false)
    print(
      "step \(report.step)  l1 \(fields[3])  kl \(fields[4])/px  val psnr \(fields[7]) dB  "
        + "kl per level \(divergences.joined(separator: " "))  |g| \(fields[6])  "
        + "left \(Self.clock(left))")
    fflush(nil)
  }

  static func clock(_ seconds: Double) -> String {
    let s = Int(max(0, seconds.isFinite ? seconds : 0))
    return String(format: "%d:%02d:%02d", s / 3600, s / 60 % 60, s % 60)
  }

  private func append(_ text: String, fresh: Bool) throws {
    let url = URL(fileURLWithPath: path)
    if fresh {
      try Data(text.utf8).write(to: url)
      return
    }
    let handle = try FileHandle(forWritingTo: url)
    defer { try? handle.close() }
    try handle.seekToEnd()
    try handle.write(contentsOf: Data(text.utf8))
  }
}
