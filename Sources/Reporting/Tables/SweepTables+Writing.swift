import Evaluation
public import Experiments
import Foundation

extension SweepTables {
  /// Writes all tables but `results.csv` into the folder of the sweep and names the files.
  ///
  /// Throws `OutputFileError` if the folder does not exist or cannot be written.
  public func write(to folder: SweepFolder) throws -> [String] {
    let tables = [
      ("volumes.csv", volumesData), ("summary.csv", summaryData),
      ("comparisons.csv", comparisonsData), ("agreement.csv", agreementData),
      ("failures.csv", failuresData), ("costs.csv", costsData),
      ("summary-costs.csv", costSummaryData),
    ]
    for (name, table) in tables { try table.write(to: folder.file(name)) }
    let texts = [
      ("summary.md", summaryMarkdown), ("summary.tex", summaryLaTeX),
      ("summary-costs.md", costSummaryMarkdown),
    ]
    for (name, text) in texts {
      try writeAtomically(to: folder.file(name)) { temporary in
        do {
          try Data(text.utf8).write(to: URL(fileURLWithPath: temporary))
        } catch {
          throw OutputFileError(path: folder.file(name), reason: error.localizedDescription)
        }
      }
    }
    try workbook.write(to: folder.file("summary.xlsx"))
    return tables.map(\.0) + texts.map(\.0) + ["summary.xlsx"]
  }
}
