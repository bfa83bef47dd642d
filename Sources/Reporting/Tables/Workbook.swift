import CXLSXWriter
import Evaluation
import Foundation

/// A workbook of tables in the format of Excel, by libxlsxwriter.
struct Workbook {
  /// One table on a sheet of its own.
  struct Sheet {
    /// At most 31 characters, none of `[]:*?/\`.
    let name: String
    let table: CSVWriter
    /// Excel's number format of a column by its name; nil for Excel's own choice.
    let format: (String) -> String?

    /// The rows that a sheet can hold below its header.
    static let mostRows = 1_048_575
  }

  let title: String
  let comments: String
  let sheets: [Sheet]

  /// The date that every workbook states, so that equal tables give equal bytes: 1 January 2000.
  private static let created: time_t = 946_684_800
  /// What Excel lets a cell hold.
  private static let longestText = 32_767

  /// Writes the file by way of a temporary one beside it.
  ///
  /// - Throws: `OutputFileError` if the folder does not exist or cannot be written.
  func write(to path: String) throws {
    try writeAtomically(to: path) { temporary in
      func check(_ error: lxw_error) throws {
        guard error == LXW_NO_ERROR else {
          throw OutputFileError(path: path, reason: String(cString: lxw_strerror(error)))
        }
      }
      // Rows go to the disk one by one, which takes half the time and a fraction of the memory for
      // long tables.
      var options = lxw_workbook_options()
      options.constant_memory = 1
      // The library reports a folder that it cannot write only after all the work.
      guard FileManager.default.createFile(atPath: temporary, contents: nil),
        let workbook = workbook_new_opt(temporary, &options)
      else { throw OutputFileError(path: path, reason: String(cString: strerror(errno))) }
      // Closing frees the workbook too, so that nothing may be thrown before it.
      let failure = Result {
        try check(setProperties(of: workbook))
        for sheet in sheets { try write(sheet, to: workbook, check) }
      }
      let closing = workbook_close(workbook)
      try failure.get()
      try check(closing)
    }
  }

  private func setProperties(of workbook: UnsafeMutablePointer<lxw_workbook>) -> lxw_error {
    guard let title = strdup(title), let comments = strdup(comments) else {
      return LXW_ERROR_MEMORY_MALLOC_FAILED
    }
    defer {
      free(title)
      free(comments)
    }
    var properties = lxw_doc_properties()
    properties.title = title
    properties.comments = comments
    properties.created = Self.created
    return workbook_set_properties(workbook, &properties)
  }

  private func write(
    _ sheet: Sheet, to workbook: UnsafeMutablePointer<lxw_workbook>,
    _ check: (lxw_error) throws -> Void
  ) throws {
    guard let page = workbook_add_worksheet(workbook, sheet.name),
      let heading = workbook_add_format(workbook)
    else { return try check(LXW_ERROR_MEMORY_MALLOC_FAILED) }
    format_set_bold(heading)
    let columns = sheet.table.columns
    let styles = columns.map { name in
      sheet.format(name).flatMap { format -> UnsafeMutablePointer<lxw_format>? in
        let style = workbook_add_format(workbook)
        if let style { format_set_num_format(style, format) }
        return style
      }
    }
    for (column, style) in styles.enumerated() {
      let place = lxw_col_t(column)
      let width = Self.width(of: column, in: sheet.table)
      try check(worksheet_set_column(page, place, place, width, style))
    }
    for (column, name) in columns.enumerated() {
      try check(worksheet_write_string(page, 0, lxw_col_t(column), name, heading))
    }
    for (row, cells) in sheet.table.rows.enumerated() {
      for (column, cell) in cells.enumerated() {
        let (line, place) = (lxw_row_t(row + 1), lxw_col_t(column))
        try check(Self.write(cell, to: page, line, place, styles[column]))
      }
    }
    worksheet_freeze_panes(page, 1, 0)
    let lastRow = lxw_row_t(sheet.table.rows.count)
    try check(worksheet_autofilter(page, 0, 0, lastRow, lxw_col_t(columns.count - 1)))
  }

  private static func write(
    _ field: CSVField, to page: UnsafeMutablePointer<lxw_worksheet>, _ row: lxw_row_t,
    _ column: lxw_col_t, _ style: UnsafeMutablePointer<lxw_format>?
  ) -> lxw_error {
    switch field {
    case .empty: LXW_NO_ERROR
    case .integer(let integer):
      worksheet_write_number(page, row, column, Double(integer), style)
    case .number(let number) where number.isFinite:
      worksheet_write_number(page, row, column, number, style)
    // Excel has no infinite numbers; the words are those of the CSV files.
    case .number(let number): worksheet_write_string(page, row, column, "\(number)", style)
    case .text(let text):
      text.isEmpty
        ? LXW_NO_ERROR
        : worksheet_write_string(page, row, column, String(text.prefix(longestText)), nil)
    }
  }

  /// The width in characters that shows the header and the first rows, within bounds.
  private static func width(of column: Int, in table: CSVWriter) -> Double {
    let texts = table.rows.prefix(200).map { row in
      switch row[column] {
      case .text(let text): text.count
      case .number: 9
      case .integer(let integer): "\(integer)".count
      case .empty: 0
      }
    }
    let widest = max(table.columns[column].count + 3, texts.max() ?? 0)
    return Double(min(max(widest, 6), 60))
  }
}
