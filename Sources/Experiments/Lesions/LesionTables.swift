import Evaluation
import Foundation

/// The tables of a lesion study.
enum LesionTables {
  /// A row per lesion and method.
  static func lesions(_ rows: [LesionStudy.Row]) -> CSVWriter {
    var table = CSVWriter(columns: [
      "file", "slice", "method", "acceleration", "achieved_acceleration", "row", "column",
      "diameter", "contrast", "recovered", "survived", "invented_contrast", "invented",
    ])
    for row in rows {
      table.append([
        .text(row.file), .integer(row.slice), .text(row.method), .number(row.acceleration),
        .number(row.achievedAcceleration), .integer(row.lesion.row), .integer(row.lesion.column),
        .number(row.lesion.diameter), .number(row.lesion.contrast), .number(row.recovered),
        .integer(row.hasSurvived ? 1 : 0), .number(row.invented),
        .integer(row.isInvented ? 1 : 0),
      ])
    }
    return table
  }

  /// A row per method, acceleration, diameter and size of the contrast, dark and bright ones together.
  static func summary(_ summary: [LesionStudy.Summary]) -> CSVWriter {
    var table = CSVWriter(columns: [
      "acceleration", "method", "diameter", "contrast_size", "lesions", "survived",
      "survived_share",
      "invented", "invented_share", "mean_recovered",
    ])
    for row in summary {
      table.append([
        .number(row.acceleration), .text(row.method), .number(row.diameter),
        .number(row.contrastSize), .integer(row.lesions), .integer(row.survived),
        .number(row.survivedShare), .integer(row.invented), .number(row.inventedShare),
        .number(row.meanRecovered),
      ])
    }
    return table
  }

  /// The same as Markdown: a table per acceleration, a row per method and size of the contrast, a column
  /// per diameter; each cell survived / invented, in per cent.
  static func markdown(_ summary: [LesionStudy.Summary]) -> String {
    var text = """
      # Lesions that survive, and lesions that are invented

      Each cell: share of the lesions that survive / share of their places at which the reconstruction
      of the scan without lesions shows one, in per cent. Dark and bright lesions together. The second
      figure is what the first is worth: where both are large, the method shows spots at random.


      """
    for acceleration in unique(summary.map(\.acceleration)) {
      let part = summary.filter { $0.acceleration == acceleration }
      let diameters = unique(part.map(\.diameter))
      text += "## \(number(acceleration))x\n\n"
      text += "| method | contrast | "
      text += diameters.map { "\(number($0)) px" }.joined(separator: " | ") + " |\n"
      text += "|---|---|" + diameters.map { _ in "---|" }.joined() + "\n"
      for contrast in unique(part.map(\.contrastSize)) {
        for method in unique(part.map(\.method)) {
          let cells = diameters.map { diameter in
            part.first {
              $0.method == method && $0.contrastSize == contrast && $0.diameter == diameter
            }.map {
              "\(percent($0.survivedShare)) / \(percent($0.inventedShare)) (\($0.lesions))"
            } ?? "–"
          }
          text += "| \(method) | ±\(percent(contrast)) % | "
          text += cells.joined(separator: " | ") + " |\n"
        }
      }
      text += "\n"
    }
    return text + "In brackets: the number of lesions. \(PictureSheet.notice)\n"
  }

  private static func percent(_ share: Double) -> String { (100 * share).text(digits: 0) }
  private static func number(_ value: Double) -> String { String(format: "%g", value) }

  /// The different values, in the order in which they come.
  private static func unique<Value: Equatable>(_ values: [Value]) -> [Value] {
    values.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }
}
