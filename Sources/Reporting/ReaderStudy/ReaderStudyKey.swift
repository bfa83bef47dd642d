public import Evaluation
import Experiments
import Foundation

/// The key of a reader study: what each image shows.
///
/// Readers must not see it.
public struct ReaderStudyKey: Sendable, Equatable {
  /// In the order of their numbers.
  public var images: [ReaderStudyImage]

  public init(images: [ReaderStudyImage]) { self.images = images }

  static let columns = [
    "image", "case", "repeat_of", "scan", "patient", "slice", "method", "mask", "acceleration",
    "center_fraction", "seed", "job", "sha256",
  ]

  /// The key as a CSV file; numbers of scans, slices and jobs are those of the run.
  public var csv: CSVWriter {
    var table = CSVWriter(columns: Self.columns)
    for image in images {
      let sampling = image.sampling
      table.append([
        .integer(image.number), .integer(image.caseNumber),
        image.repeats.map(CSVField.integer) ?? .empty, .text(image.scan), .text(image.patient),
        .integer(image.slice), .text(image.method), .text(sampling?.mask ?? ""),
        (sampling?.acceleration).map(CSVField.number) ?? .empty,
        (sampling?.centerFraction).map(CSVField.number) ?? .empty, .text(sampling?.seed ?? ""),
        .text(image.job), .text(image.sha256),
      ])
    }
    return table
  }

  /// Reads a key.
  ///
  /// Throws `ExperimentError` for a file that is missing or no key.
  public init(contentsOf path: String) throws {
    let text = try SheetText(contentsOf: path)
    guard text.header == Self.columns else {
      throw ExperimentError("\(path): is no key of a reader study; name it with --key")
    }
    images = try text.rows.map { row in
      guard let image = ReaderStudyImage(row.cells) else {
        throw ExperimentError("\(path): line \(row.line) is no row of a key")
      }
      return image
    }
    guard !images.isEmpty, Set(images.map(\.number)).count == images.count else {
      throw ExperimentError("\(path): is no key of a reader study; name it with --key")
    }
  }
}

extension ReaderStudyImage {
  /// The image of a row of the key, or nil if it is none.
  fileprivate init?(_ cells: [String]) {
    guard cells.count == ReaderStudyKey.columns.count, let number = Int(cells[0]),
      let caseNumber = Int(cells[1]), let slice = Int(cells[5]),
      cells[2].isEmpty || Int(cells[2]) != nil
    else { return nil }
    var sampling: Sampling?
    if !cells[7].isEmpty {
      guard let acceleration = Double(cells[8]), let fraction = Double(cells[9]) else {
        return nil
      }
      sampling = Sampling(
        mask: cells[7], acceleration: acceleration, centerFraction: fraction, seed: cells[10])
    }
    self.init(
      number: number, caseNumber: caseNumber, scan: cells[3], patient: cells[4], slice: slice,
      method: cells[6], sampling: sampling, job: cells[11], repeats: Int(cells[2]),
      sha256: cells[12])
  }
}
