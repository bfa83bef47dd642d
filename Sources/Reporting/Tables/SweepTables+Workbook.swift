import Evaluation
import Experiments

extension SweepTables {
  /// `summary.xlsx`: the tables of the CSV files, but for costs, as sheets, and a sheet on them.
  var workbook: Workbook {
    let statements = TableStatements(self)
    let (volumesData, slicesData) = (self.volumesData, table.csv)
    var sheets = [
      Workbook.Sheet(name: "Summary", table: summaryData, format: Self.format(of:)),
      Workbook.Sheet(name: "Comparisons", table: comparisonsData, format: Self.format(of:)),
      Workbook.Sheet(name: "Agreement", table: agreementData, format: Self.format(of:)),
      Workbook.Sheet(name: "Volumes", table: volumesData, format: Self.format(of:)),
      Workbook.Sheet(name: "Slices", table: slicesData, format: Self.format(of:)),
    ]
    let tooLong = sheets.filter { $0.table.rows.count > Workbook.Sheet.mostRows }.map(\.name)
    sheets.removeAll { tooLong.contains($0.name) }

    var about = CSVWriter(columns: ["item", "value"])
    func say(_ item: String, _ value: String) { about.append([.text(item), .text(value)]) }
    say("Title", title)
    say("Use", statements.use)
    say("Reference", statements.reference)
    say("Data", statements.data)
    say("Licence of the data", record.dataset.licence)
    say("Source of the data", record.dataset.source)
    for (metric, definition) in zip(metrics, statements.definitions) {
      say("Metric \(metric.title)", definition)
    }
    say("Analysis", statements.analysis)
    if let comparison = statements.comparison { say("Comparisons", comparison) }
    say("Jobs", statements.coverage)
    say("Patients", "\(Set(volumes.map(\.condition.patient)).count)")
    say("Scans", "\(Set(volumes.map(\.condition.scan)).count)")
    for name in tooLong { say("Left out", "\(name): too many rows for a sheet; see the CSV file") }
    say("Program", statements.program)
    say("Protocol", "SHA-256 \(record.protocolDigest)")
    sheets.append(Workbook.Sheet(name: "About", table: about, format: { _ in nil }))
    return Workbook(
      title: title, comments: "\(statements.use). Made by \(statements.program).", sheets: sheets)
  }

  private static func format(of column: String) -> String? {
    switch column {
    case "acceleration", "achieved_acceleration", "achieved_acceleration_min",
      "achieved_acceleration_max", "confidence":
      "0.00"
    case "psnr": "0.00"
    case "center_fraction": "0.000"
    case "data_range", "squared_error", "reference_energy": "0.000E+00"
    case "nmse", "p", "p_holm": "0.00000"
    case "mean", "sd", "median", "q1", "q3", "min", "max", "patient_mean", "mean_difference",
      "median_difference", "bias":
      "0.0000"
    case "wilcoxon_w": "0.0"
    case "slice", "slices", "acs_lines", "pixels", "patients", "volumes", "seeds", "family",
      "better", "worse":
      "0"
    default:
      column.hasSuffix("_lower") || column.hasSuffix("_upper") || column.hasSuffix("_limit")
        || Metric(rawValue: column) != nil ? "0.0000" : nil
    }
  }
}
