import Evaluation
import Foundation
import Generators
import SwiftCSV
import Training

/// The figures of a training run, a row for each validation, as they stand in its CSV log.
public struct TrainingHistory: Sendable, Equatable {
  /// The figures' names; the first is `step`.
  public let columns: [String]
  /// One figure per column each, nil where there is none.
  public private(set) var rows: [[Double?]] = []

  /// An empty history of a run by `recipe`.
  init(_ recipe: TrainingRecipe) {
    var further: [String] = []
    if recipe.loss.outputScale == .batch { further.append("output_scale") }
    if recipe.adversarial != nil {
      further += ["discriminator_loss", "gradient_penalty", "real_score", "drawn_score"]
    }
    self.init(
      levels: recipe.architecture.levels,
      accelerations: recipe.validation.iloEvery > 0 ? recipe.validation.accelerations : [],
      further: further)
  }

  /// An empty history of a network of `levels`, with the columns of ILO at these accelerations and
  /// `further` ones.
  init(levels: Int, accelerations: [Double], further: [String] = []) {
    columns =
      [
        "step", "seconds", "learning_rate", "train_l1", "train_kl", "train_loss", "skipped",
        "gradient_norm", "images_per_second", "val_psnr", "val_l1",
      ] + (0..<levels).map { "val_kl_\($0)" }
      + accelerations.flatMap { acceleration in
        Self.reconstructed.map { Self.column($0, acceleration) }
      } + further
  }

  private static let reconstructed = ["ilo_psnr", "ilo_ssim", "wavelet_psnr", "wavelet_ssim"]

  /// The column of `figure` at an acceleration, such as `ilo_psnr_4x`.
  public static func column(_ figure: String, _ acceleration: Double) -> String {
    "\(figure)_\(SamplingPlan.text(acceleration))x"
  }

  /// The accelerations that columns of reconstructions by ILO are of.
  public var accelerations: [Double] { accelerations(of: "ilo_psnr") }

  /// The accelerations that there are columns of `figure` of, in their order.
  public func accelerations(of figure: String) -> [Double] {
    columns.compactMap { column in
      guard column.hasPrefix(figure + "_"), column.hasSuffix("x") else { return nil }
      return Double(column.dropFirst(figure.count + 1).dropLast())
    }
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
    guard let log = Self.table(path), log.columns == columns else {
      throw ExperimentError(
        "\(path): is no log of this run; move it away to go on with a new one")
    }
    rows += log.rows.filter { ($0[0] ?? 0) <= Double(step) }
  }

  /// A history with these columns, the first being `step`, and rows.
  init(columns: [String], rows: [[Double?]]) { (self.columns, self.rows) = (columns, rows) }

  /// The CSV log at `path` with whatever columns it has; nil if it is none.
  static func table(_ path: String) -> TrainingHistory? {
    guard
      let content = try? CSV<Enumerated>(
        string: String(contentsOfFile: path, encoding: .utf8), delimiter: .comma, loadColumns: false
      ), content.header.first == "step"
    else { return nil }
    var rows: [[Double?]] = []
    for cells in content.rows {
      let row = cells.map { Double($0) }
      guard cells.count == content.header.count,
        zip(cells, row).allSatisfy({ $0.isEmpty || $1 != nil }), row[0] != nil
      else { return nil }
      rows.append(row)
    }
    return TrainingHistory(columns: content.header, rows: rows)
  }
}
