import Evaluation
import Foundation
import SwiftCSV

/// The figures of a training run, a row for each validation, as they stand in its CSV log.
public struct TrainingHistory: Sendable, Equatable {
  /// The figures' names; the first is `step`.
  public let columns: [String]
  /// One figure per column each, nil where there is none.
  public private(set) var rows: [[Double?]] = []

  /// An empty history of a network of `levels`, with the columns of ILO at these accelerations.
  init(levels: Int, accelerations: [Double]) {
    columns =
      [
        "step", "seconds", "learning_rate", "train_l1", "train_kl", "train_loss", "skipped",
        "gradient_norm", "images_per_second", "val_psnr", "val_l1",
      ] + (0..<levels).map { "val_kl_\($0)" }
      + accelerations.flatMap { acceleration in
        Self.reconstructed.map { Self.column($0, acceleration) }
      }
  }

  private static let reconstructed = ["ilo_psnr", "ilo_ssim", "wavelet_psnr", "wavelet_ssim"]

  /// The column of `figure` at an acceleration, such as `ilo_psnr_4x`.
  public static func column(_ figure: String, _ acceleration: Double) -> String {
    "\(figure)_\(SamplingPlan.text(acceleration))x"
  }

  /// Adds a row; each figure is kept with six digits, and what is not finite is left out.
  mutating func append(_ figures: [String: Double]) {
    rows.append(
      columns.map { name in
        figures[name].flatMap { $0.isFinite ? Double(String(format: "%.6g", $0)) : nil }
      })
  }

  /// The figures of the column `name` over the steps.
  public func curve(_ name: String) -> [(step: Double, value: Double)] {
    guard let column = columns.firstIndex(of: name) else { return [] }
    return rows.compactMap { row in
      guard let step = row[0], let value = row[column] else { return nil }
      return (step, value)
    }
  }

  /// The last figure of the column `name`.
  public func last(_ name: String) -> Double? { curve(name).last?.value }

  /// Writes the log by way of a temporary file beside it; throws `OutputFileError`.
  func write(to path: String) throws {
    var table = CSVWriter(columns: columns)
    for row in rows {
      table.append(
        row.map { figure in
          guard let figure else { return .empty }
          return figure == figure.rounded() && abs(figure) < 1e9
            ? .integer(Int(figure)) : .number(figure)
        })
    }
    try table.write(to: path)
  }

  /// Takes over the rows of the log at `path` up to `step`, as far as there is one.
  ///
  /// Later rows are of a run that went on after its last checkpoint; they come again. Throws
  /// `ExperimentError` if the file is no log with these columns.
  mutating func readLog(_ path: String, upTo step: Int) throws(ExperimentError) {
    guard FileManager.default.fileExists(atPath: path) else { return }
    let fault = ExperimentError(
      "\(path): is no log of this run; move it away to go on with a new one")
    guard
      let content = try? CSV<Enumerated>(
        string: String(contentsOfFile: path, encoding: .utf8), delimiter: .comma, loadColumns: false
      ), content.header == columns
    else { throw fault }
    for cells in content.rows {
      let row = cells.map { Double($0) }
      guard cells.count == columns.count, zip(cells, row).allSatisfy({ $0.isEmpty || $1 != nil }),
        let own = row[0]
      else { throw fault }
      if own <= Double(step) { rows.append(row) }
    }
  }
}
