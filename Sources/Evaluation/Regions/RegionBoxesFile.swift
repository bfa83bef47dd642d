import Foundation
import SwiftCSV

/// The boxes of findings that fastMRI+ gives for fastMRI's scans.
///
/// A comma-separated table with the columns `columns` (microsoft/fastmri-plus:
/// Annotations/knee.csv, brain.csv): the scan's file name without `.h5`, the slice counted from 0, and
/// in pixels the left column, upper row, width and height of a box. A line whose `study_level` is `Yes`
/// speaks of the whole study and is skipped; so is a box without area, of which the published tables
/// hold some (microsoft/fastmri-plus issue 9).
///
/// The boxes were drawn on the images of `reconstruction_rss` flipped up/down (microsoft/fastmri-plus:
/// README.md), so that `boxes` mirrors them back.
public struct RegionBoxesFile: Sendable {
  /// The columns that a table must have, in any order.
  public static let columns = [
    "file", "slice", "study_level", "x", "y", "width", "height", "label",
  ]

  /// One box as the table has it, on the flipped image.
  private struct Entry: Sendable {
    let slice: Int
    let x: Int
    let y: Int
    let width: Int
    let height: Int
    let label: String
  }

  private var entries: [String: [Entry]] = [:]

  /// Reads the table at `path`.
  ///
  /// - Throws: `RegionBoxesFileError` with the line for what is malformed.
  public init(path: String) throws(RegionBoxesFileError) {
    let text: String
    do {
      text = try String(contentsOfFile: path, encoding: .utf8)
    } catch {
      throw .unreadable(path: path, reason: error.localizedDescription)
    }
    try self.init(text: text, name: path)
  }

  /// Reads a table from its `text`; `name` stands for the file in errors.
  ///
  /// - Throws: `RegionBoxesFileError` with the line for what is malformed.
  public init(text: String, name: String) throws(RegionBoxesFileError) {
    let rows = try Self.rows(of: text, name: name)
    let header = rows.first?.fields ?? []
    var places: [String: Int] = [:]
    for column in Self.columns {
      guard let place = header.firstIndex(of: column) else {
        throw .missingColumn(path: name, column: column)
      }
      places[column] = place
    }
    for row in rows.dropFirst() {
      func fail(_ problem: String) -> RegionBoxesFileError {
        .badLine(path: name, line: row.line, problem: problem)
      }
      guard row.fields.count == header.count else {
        throw fail("there are \(row.fields.count) fields, not the \(header.count) of line 1")
      }
      let fields = places.mapValues { row.fields[$0] }
      func text(_ column: String) -> String { fields[column] ?? "" }
      func integer(_ column: String) throws(RegionBoxesFileError) -> Int {
        guard let value = Int(text(column)), value >= 0 else {
          throw fail("\(column) must be a whole number from 0, not “\(text(column))”")
        }
        return value
      }
      guard !text("file").isEmpty else { throw fail("the file has no name") }
      switch text("study_level") {
      case "Yes": continue
      case "No": break
      case let other: throw fail("study_level must be Yes or No, not “\(other)”")
      }
      let entry = Entry(
        slice: try integer("slice"), x: try integer("x"), y: try integer("y"),
        width: try integer("width"), height: try integer("height"),
        label: text("label").trimmingCharacters(in: .whitespaces))
      if entry.width > 0, entry.height > 0 { entries[text("file"), default: []].append(entry) }
    }
  }

  /// The scans that have boxes, sorted.
  public var files: [String] {
    entries.keys.sorted()
  }

  /// The boxes of one slice of a scan, in the order of the table.
  ///
  /// The first of `height` rows from `y` of the flipped image is the last of the box here, which
  /// therefore begins at row `imageHeight − y − height`. (A version of fastMRI's own loader begins one
  /// row above: facebookresearch/fastMRI: fastmri/data/mri_data.py.) The boxes are not clipped.
  ///
  /// - Parameters:
  ///   - file: The scan's file name; folders before it and a final `.h5` do not matter.
  ///   - slice: The slice, counted from 0.
  ///   - imageHeight: The rows of the image that the boxes were drawn on, `reconstruction_rss`.
  public func boxes(file: String, slice: Int, imageHeight: Int) -> [RegionBox] {
    var name = file.split(separator: "/").last.map(String.init) ?? file
    if name.hasSuffix(".h5") { name.removeLast(3) }
    return (entries[name] ?? []).filter { $0.slice == slice }.map { entry in
      RegionBox(
        row: imageHeight - entry.y - entry.height, column: entry.x, height: entry.height,
        width: entry.width, label: entry.label)
    }
  }

  /// The lines that are not blank as lists of fields, with the line in the file at which each begins.
  private static func rows(
    of text: String, name: String
  ) throws(RegionBoxesFileError) -> [(line: Int, fields: [String])] {
    var rows: [(line: Int, fields: [String])] = []
    var line = 1
    do {
      // Only the header is read here: the rows of the library's views do not show missing fields.
      // A final newline keeps an empty last field.
      let table = try EnumeratedCSV(
        string: text.hasSuffix("\n") ? text : text + "\n", delimiter: .comma, loadColumns: false,
        rowLimit: 0)
      try table.enumerateAsArray(startAt: 0, rowLimit: nil) { fields in
        if fields != [""] { rows.append((line, fields)) }
        line += 1 + fields.reduce(0) { $0 + $1.count(where: \.isNewline) }
      }
    } catch {
      throw .badLine(
        path: name, line: line, problem: "a quotation mark stands where none may be")
    }
    return rows
  }
}
