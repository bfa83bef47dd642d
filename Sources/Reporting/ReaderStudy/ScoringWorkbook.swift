import CXLSXWriter
import Evaluation
import Foundation

/// A reader's sheet in the format of Excel, whose cells take only the scores that there are.
enum ScoringWorkbook {
  /// The date that every workbook states, so that it tells nothing: 1 January 2000.
  private static let created: time_t = 946_684_800

  /// Writes the sheet of `columns` with the images `numbers` in their order.
  static func write(columns: [String], numbers: [Int], to path: String) throws {
    func check(_ error: lxw_error) throws {
      guard error == LXW_NO_ERROR else {
        throw OutputFileError(path: path, reason: String(cString: lxw_strerror(error)))
      }
    }
    guard let workbook = workbook_new(path) else {
      throw OutputFileError(path: path, reason: "there is no memory for it")
    }
    // Closing frees the workbook too, so that nothing may be thrown before it.
    let filling = Result { try fill(workbook, columns: columns, numbers: numbers, check) }
    let closing = workbook_close(workbook)
    try filling.get()
    try check(closing)
  }

  private static func fill(
    _ workbook: UnsafeMutablePointer<lxw_workbook>, columns: [String], numbers: [Int],
    _ check: (lxw_error) throws -> Void
  ) throws {
    var properties = lxw_doc_properties()
    properties.created = created
    try check(workbook_set_properties(workbook, &properties))
    guard let page = workbook_add_worksheet(workbook, "scores"),
      let heading = workbook_add_format(workbook)
    else { return try check(LXW_ERROR_MEMORY_MALLOC_FAILED) }
    format_set_bold(heading)
    for (column, name) in columns.enumerated() {
      try check(worksheet_write_string(page, 0, lxw_col_t(column), name, heading))
    }
    for (index, number) in numbers.enumerated() {
      let row = lxw_row_t(index + 1)
      try check(worksheet_write_number(page, row, 0, Double(index + 1), nil))
      try check(worksheet_write_number(page, row, 1, Double(number), nil))
    }
    let criteria = ReadingCriterion.allCases.map(\.rawValue)
    for (column, name) in columns.enumerated() where criteria.contains(name) {
      try validate(page, column: lxw_col_t(column), rows: numbers.count, check)
    }
    let last = lxw_col_t(columns.count - 1)
    try check(worksheet_set_column(page, 0, last - 1, 11, nil))
    try check(worksheet_set_column(page, last, last, 50, nil))
    worksheet_freeze_panes(page, 1, 2)
  }

  private static func validate(
    _ page: UnsafeMutablePointer<lxw_worksheet>, column: lxw_col_t, rows: Int,
    _ check: (lxw_error) throws -> Void
  ) throws {
    let scores = ReadingCriterion.scores
    var rule = lxw_data_validation()
    rule.validate = UInt8(LXW_VALIDATION_TYPE_INTEGER.rawValue)
    rule.criteria = UInt8(LXW_VALIDATION_CRITERIA_BETWEEN.rawValue)
    rule.minimum_number = Double(scores.lowerBound)
    rule.maximum_number = Double(scores.upperBound)
    let message = "A whole number from \(scores.lowerBound) to \(scores.upperBound), 4 is best."
    // The library copies the text before the call ends, and takes it as a pointer that may be written.
    var text = Array(message.utf8CString)
    try text.withUnsafeMutableBufferPointer { buffer in
      rule.error_message = buffer.baseAddress
      try check(
        worksheet_data_validation_range(page, 1, column, lxw_row_t(max(rows, 1)), column, &rule))
    }
  }
}
