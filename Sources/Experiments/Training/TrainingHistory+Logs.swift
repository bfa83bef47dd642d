import Foundation

extension TrainingHistory {
  /// The log of a training that is over: the CSV file of `mri-ilo train`, or what
  /// `protocols/training/pytorch/train_scans.py` prints.
  ///
  /// Throws `ExperimentError` if it is neither, or holds nothing.
  public init(log path: String) throws(ExperimentError) {
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
      throw ExperimentError("\(path): cannot be read; check the path")
    }
    guard let found = Self.table(path) ?? Self.printed(text), !found.rows.isEmpty else {
      throw ExperimentError(
        "\(path): is no log of a training; give the .log.csv of 'mri-ilo train' or the output of "
          + "protocols/training/pytorch/train_scans.py")
    }
    self = found
  }

  /// What `train_scans.py` prints, a line a validation; nil if there is another line.
  ///
  /// For each of two accelerations there are the PSNR of the first image and, in turns, those of the
  /// network's answer and of what the measurements make of it; for a denoiser one for each of two noises.
  private static func printed(_ text: String) -> TrainingHistory? {
    var figures = 0
    var rows: [[Double?]] = []
    for line in text.split(separator: "\n") {
      guard
        let match = line.wholeMatch(
          of: /step (\d+) +(\d+) s +loss ([-.\d]+) +val psnr ([-. \d]+) dB +([.\d]+) images\/s.*/)
      else { return nil }
      let psnr = match.4.split(separator: " ").map { Double($0) }
      guard rows.isEmpty || psnr.count == figures, !psnr.contains(nil) else { return nil }
      figures = psnr.count
      rows.append([match.1, match.2, match.3, match.5].map { Double($0) } + psnr)
    }
    guard figures >= 2, figures % 2 == 0 else { return nil }
    let names =
      figures == 2
      ? ["denoised_psnr_0.05", "denoised_psnr_0.2"]
      : ["4x", "8x"].flatMap { times in
        ["first_psnr_\(times)"]
          + (1..<figures / 2).map {
            "\($0 % 2 == 1 ? "network" : "measured")_\(($0 + 1) / 2)_psnr_\(times)"
          }
      }
    return TrainingHistory(
      columns: ["step", "seconds", "train_loss", "images_per_second"] + names, rows: rows)
  }
}
