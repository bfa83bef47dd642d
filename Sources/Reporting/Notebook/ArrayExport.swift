import Arrays
import Evaluation
import Experiments
import Foundation
import ScanFiles

/// The images of an export as one HDF5 file, and `images.csv`, which says where each lies.
///
/// | dataset | content |
/// |---|---|
/// | `/reference/SCAN` | the references `(slices, rows, columns)` |
/// | `/reconstruction/METHOD/SCAN/MASK` | a method's images `(slices, rows, columns)` |
/// | `/sampling/SCAN/MASK` | 1 for each sampled column of k-space |
///
/// `MASK` names pattern, acceleration, centre fraction and seed. Names are those of the run with `%`,
/// `/` and a leading full stop in percent code; attributes hold them as they are.
struct ArrayExport {
  /// One method's images of one scan under one mask.
  private struct Stack: Hashable {
    let scan: String
    let mask: String
    let method: String
  }

  private let selection: ExportSelection
  private let results: SweepResults

  init(_ selection: ExportSelection, results: SweepResults) {
    self.selection = selection
    self.results = results
  }

  /// Writes the file `arrays.h5`; equal images give equal bytes.
  func write(to path: String) throws {
    let writer = try AtomicHDF5Writer(path: path)
    try writer.file.setAttribute("title", .string(results.settings.title))
    try writer.file.setAttribute(
      "program", .string("\(results.record.program) \(results.record.version)"))
    try writer.file.setAttribute("use", .string("research use only; not for diagnosis"))
    var scans: [String: [SliceResult]] = [:]
    var stacks: [Stack: [SliceResult]] = [:]
    for row in selection.rows {
      scans[row.condition.scan, default: []].append(row)
      stacks[Self.stack(row), default: []].append(row)
    }
    for (scan, rows) in scans.sorted(by: { $0.key < $1.key }) {
      try writeReferences(scan, rows, to: writer.file)
      let masks = Dictionary(grouping: rows) { Self.maskName($0.condition) }
      for (mask, rows) in masks.sorted(by: { $0.key < $1.key }) {
        try writeSampling(scan, mask, rows[0], to: writer.file)
      }
    }
    for (stack, rows) in stacks.sorted(by: { Self.dataset($0.key) < Self.dataset($1.key) }) {
      try writeImages(stack, rows, to: writer.file)
    }
    try writer.commit()
  }

  /// `images.csv`: a row for each image of a method.
  var index: CSVWriter {
    var table = CSVWriter(columns: [
      "case", "scan", "slice", "mask", "acceleration", "center_fraction", "seed", "method",
      "reconstruction_dataset", "position", "reference_dataset", "reference_position",
    ])
    let slices = Dictionary(grouping: selection.rows) { $0.condition.scan }
      .mapValues { Set($0.map(\.slice)).sorted() }
    let stacked = Dictionary(grouping: selection.rows, by: Self.stack)
      .mapValues { $0.map(\.slice).sorted() }
    for row in selection.rows {
      let (condition, stack) = (row.condition, Self.stack(row))
      table.append([
        .integer(selection.caseNumber(of: row)), .text(condition.scan), .integer(row.slice),
        .text(condition.mask), .number(condition.acceleration),
        .number(condition.centerFraction), .text(condition.seed), .text(condition.method),
        .text(Self.dataset(stack)), .integer(stacked[stack]?.firstIndex(of: row.slice) ?? 0),
        .text("reference/\(Self.name(condition.scan))"),
        .integer(slices[condition.scan]?.firstIndex(of: row.slice) ?? 0),
      ])
    }
    return table
  }

  private func writeReferences(_ scan: String, _ rows: [SliceResult], to file: HDF5File) throws {
    let bySlice = Dictionary(grouping: rows, by: \.slice).compactMapValues(\.first)
    let slices = bySlice.keys.sorted()
    let images = try slices.map { slice in
      guard let row = bySlice[slice] else { return RealArray(shape: [0, 0], repeating: 0) }
      return try results.reference(row)
    }
    let dataset = try write(images, "reference/\(Self.name(scan))", to: file)
    try describe(dataset, scan: scan, slices: slices)
    let kind = results.record.definitions["reference"] ?? "reference"
    try dataset.setAttribute("description", .string(kind))
  }

  private func writeImages(_ stack: Stack, _ rows: [SliceResult], to file: HDF5File) throws {
    let rows = rows.sorted { $0.slice < $1.slice }
    let images = try rows.map { row in
      guard let image = try results.image(row) else {
        throw ExperimentError(
          "\(results.folder.path): the images of job \(row.condition.job) are missing; "
            + "run the sweep again, or export with --images none")
      }
      return image
    }
    let dataset = try write(images, Self.dataset(stack), to: file)
    try describe(dataset, scan: stack.scan, slices: rows.map(\.slice))
    try dataset.setAttribute("method", .string(stack.method))
    try describe(dataset, rows[0].condition)
  }

  private func writeSampling(
    _ scan: String, _ mask: String, _ row: SliceResult, to file: HDF5File
  ) throws {
    guard let sampling = results.mask(row) else { return }
    let dataset = try file.createDataset(
      "sampling/\(Self.name(scan))/\(mask)",
      shape: (sampling.rows.map { [$0] } ?? []) + [sampling.columnCount], type: .uint8)
    try dataset.write(sampling.samples.map { UInt8($0 ? 1 : 0) })
    try dataset.setAttribute(
      "axes", .string(sampling.rows == nil ? "columns of k-space" : "rows, columns of k-space"))
    try dataset.setAttribute("scan", .string(scan))
    try describe(dataset, row.condition)
  }

  private func write(
    _ images: [RealArray], _ name: String, to file: HDF5File
  ) throws -> HDF5Dataset {
    let size = images.first?.shape ?? [0, 0]
    guard images.allSatisfy({ $0.shape == size }) else {
      throw ExperimentError("the images for '\(name)' differ in size and cannot be exported")
    }
    let dataset = try file.createDataset(
      name, shape: [images.count] + size, type: .float, gzip: 9)
    try dataset.write(images.flatMap(\.values))
    return dataset
  }

  private func describe(_ dataset: HDF5Dataset, scan: String, slices: [Int]) throws {
    try dataset.setAttribute("axes", .string("slices, rows, columns"))
    try dataset.setAttribute("units", .string("magnitude in the units of the scan's k-space"))
    try dataset.setAttribute("scan", .string(scan))
    try dataset.setAttribute("slices", .numbers(slices.map(Double.init)))
  }

  private func describe(_ dataset: HDF5Dataset, _ condition: SliceResult.Condition) throws {
    try dataset.setAttribute("mask", .string(condition.mask))
    try dataset.setAttribute("seed", .string(condition.seed))
    try dataset.setAttribute("acceleration", .number(condition.acceleration))
    try dataset.setAttribute("achieved_acceleration", .number(condition.achievedAcceleration))
    try dataset.setAttribute("center_fraction", .number(condition.centerFraction))
  }

  private static func stack(_ row: SliceResult) -> Stack {
    Stack(
      scan: row.condition.scan, mask: maskName(row.condition), method: row.condition.method)
  }

  private static func dataset(_ stack: Stack) -> String {
    "reconstruction/\(name(stack.method))/\(name(stack.scan))/\(stack.mask)"
  }

  private static func maskName(_ condition: SliceResult.Condition) -> String {
    name(
      "\(condition.mask)-\(PrintedNumber.short(condition.acceleration))x"
        + "-centre\(PrintedNumber.short(condition.centerFraction))-seed\(condition.seed)")
  }

  /// A name that HDF5 takes as one step of a path.
  static func name(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "%": result += "%25"
      case "/": result += "%2F"
      case "\0": result += "%00"
      case "." where result.isEmpty: result += "%2E"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result.isEmpty ? "%" : result
  }
}
