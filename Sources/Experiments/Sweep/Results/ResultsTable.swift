public import Evaluation
import Foundation
import SwiftCSV

/// All slices' results of a run: the content of `results.csv`, from which every other table follows.
public struct ResultsTable: Sendable, Equatable {
  /// The metrics, in the order of the columns.
  public let metrics: [String]
  public var rows: [SliceResult]

  public init(metrics: [String], rows: [SliceResult]) {
    self.metrics = metrics
    self.rows = rows
  }

  private static let before = [
    "dataset", "data", "scan", "patient", "anatomy", "contrast", "slice", "mask", "acceleration",
    "achieved_acceleration", "center_fraction", "acs_lines", "seed", "method", "region",
  ]
  private static let after = ["pixels", "data_range", "squared_error", "reference_energy", "job"]

  /// The table as a CSV file; reading it back gives the same numbers to the last bit.
  public var csv: CSVWriter {
    var table = CSVWriter(columns: Self.before + metrics + Self.after)
    for row in rows {
      let condition = row.condition
      table.append(
        [
          .text(condition.dataset), .text(condition.data), .text(condition.scan),
          .text(condition.patient), .text(condition.anatomy), .text(condition.contrast),
          .integer(row.slice), .text(condition.mask), .number(condition.acceleration),
          .number(condition.achievedAcceleration), .number(condition.centerFraction),
          .integer(condition.acsLines), .text(condition.seed), .text(condition.method),
          .text(row.region),
        ] + metrics.map { row.metrics[$0].map(CSVField.number) ?? .empty } + [
          .integer(row.pixels), .number(row.dataRange), .number(row.squaredError),
          .number(row.referenceEnergy), .text(condition.job),
        ])
    }
    return table
  }

  /// Reads a `results.csv`.
  ///
  /// Throws `ExperimentError` for a file that is missing or not such a table.
  public init(contentsOf path: String) throws(ExperimentError) {
    let content: CSV<Enumerated>
    do {
      content = try CSV<Enumerated>(
        string: String(contentsOfFile: path, encoding: .utf8), delimiter: .comma, loadColumns: false
      )
    } catch {
      throw ExperimentError("\(path): cannot be read as a table; run 'mri-ilo sweep' again")
    }
    let header = content.header
    let middle = header.dropFirst(Self.before.count).dropLast(Self.after.count)
    guard Array(header) == Self.before + middle + Self.after else {
      throw ExperimentError("\(path): has other columns than a table of results")
    }
    metrics = Array(middle)
    var rows: [SliceResult] = []
    rows.reserveCapacity(content.rows.count)
    for (index, cells) in content.rows.enumerated() {
      guard let row = SliceResult(cells: cells, metrics: metrics) else {
        throw ExperimentError("\(path): line \(index + 2) is no row of results")
      }
      rows.append(row)
    }
    self.rows = rows
  }
}

extension SliceResult {
  /// The row of the table's `cells`, or nil if they are none.
  fileprivate init?(cells: [String], metrics names: [String]) {
    guard cells.count == 20 + names.count, let slice = Int(cells[6]),
      let acceleration = Double(cells[8]), let achieved = Double(cells[9]),
      let fraction = Double(cells[10]), let lines = Int(cells[11])
    else { return nil }
    let rest = cells[(15 + names.count)...].map { $0 }
    guard let pixels = Int(rest[0]), let range = Double(rest[1]), let error = Double(rest[2]),
      let energy = Double(rest[3])
    else { return nil }
    var values: [String: Double] = [:]
    for (name, cell) in zip(names, cells[15...]) where !cell.isEmpty {
      guard let value = Double(cell) else { return nil }
      values[name] = value
    }
    self.init(
      condition: Condition(
        dataset: cells[0], data: cells[1], scan: cells[2], patient: cells[3], anatomy: cells[4],
        contrast: cells[5], mask: cells[7], acceleration: acceleration,
        achievedAcceleration: achieved, centerFraction: fraction, acsLines: lines, seed: cells[12],
        method: cells[13], job: rest[4]),
      slice: slice, region: cells[14], pixels: pixels, dataRange: range, squaredError: error,
      referenceEnergy: energy, metrics: values)
  }
}
