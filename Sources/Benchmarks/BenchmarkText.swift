import Foundation

/// The lines that a benchmark prints.
public enum BenchmarkText {
  /// Two lines on the machine.
  public static func heading(_ machine: Machine) -> String {
    let limits = machine.limits.map { limit in
      "\(limit.threads) thread\(limit.threads == 1 ? "" : "s"): "
        + String(format: "%.0f GFLOP/s, copy %.1f GB/s", limit.gigaflops, limit.gigabytes)
    }
    return """
      mri-ilo \(machine.version), \(machine.processor), \(machine.cores) cores, kernels \
      \(machine.kernelSet)
      \(limits.joined(separator: "; "))

      """
  }

  private static let nameWidth = 54

  public static let speedHeader =
    padded("piece") + " thr         ms   quartiles            GFLOP/s  peak     GB/s  band"

  public static func line(_ result: SpeedResult) -> String {
    let spread = result.milliseconds
    let quartiles = String(format: "%.4g – %.4g", spread.lowerQuartile, spread.upperQuartile)
    let rate = result.gigaflops.map { String(format: "%8.1f", $0) } ?? "       –"
    return padded(result.piece) + String(format: " %3d ", result.threads)
      + String(format: "%10.3f", spread.median) + "   " + padded(quartiles, 19) + rate
      + percent(result.shareOfPeak) + String(format: " %8.2f", result.gigabytesPerSecond)
      + percent(result.shareOfBandwidth)
      + (result.piece.hasPrefix("ILO") ? "  \(result.peakMemory >> 20) MiB" : "")
  }

  public static let comparisonHeader =
    padded("piece") + " thr    ours ms  peer         peer ms   ratio (spread)"

  public static func line(_ result: PeerRatio) -> String {
    let ratio = String(
      format: "%6.2f (%.2f – %.2f)", result.ratio, result.ratioLow, result.ratioHigh)
    let differences = result.differences.sorted { $0.key < $1.key }.map {
      String(format: "%@ %.1e", $0.key, $0.value)
    }
    let remarks = [result.form, result.note ?? ""].filter { !$0.isEmpty } + differences
    return padded(result.piece) + String(format: " %3d ", result.threads)
      + String(format: "%10.3f  ", result.oursMs) + padded(result.peer, 9)
      + String(format: "%11.3f  ", result.peerMs) + ratio
      + (result.agrees ? "" : "  MISMATCH") + "\n    " + remarks.joined(separator: "; ")
  }

  private static func percent(_ share: Double?) -> String {
    share.map { String(format: " %4.0f%%", 100 * $0) } ?? "     –"
  }

  private static func padded(_ text: String, _ width: Int = nameWidth) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }
}
