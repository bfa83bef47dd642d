import Experiments
import Foundation

/// The scores that readers gave, read from their sheets and joined with the key.
public struct ReaderScores: Sendable {
  /// One reader's sheet.
  public struct Reader: Sendable, Equatable {
    /// From the name of the sheet, from 1.
    public let number: Int
    /// By image and criterion; what was left empty is missing.
    public let scores: [Int: [ReadingCriterion: Int]]
    /// The words by image; none where nothing was written.
    public let comments: [Int: String]
  }

  public let key: ReaderStudyKey
  /// In the order of their numbers.
  public let readers: [Reader]
  /// The numbers below the greatest of which there is no sheet.
  public let absentReaders: [Int]

  public init(key: ReaderStudyKey, readers: [Reader]) {
    self.key = key
    self.readers = readers.sorted { $0.number < $1.number }
    let present = Set(readers.map(\.number))
    absentReaders = (1..<max(present.max() ?? 1, 1)).filter { !present.contains($0) }
  }

  /// Reads the sheets `scoring-reader-N.csv` of `folder`.
  ///
  /// Throws `ExperimentError` for a folder without sheets, a key that is not the study's, and a sheet
  /// that is none or holds something other than the scores 1 to 4, with file and line.
  public init(folder: String, key: ReaderStudyKey) throws {
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
      throw ExperimentError("\(folder): cannot be read; name the folder of a reader study")
    }
    let sheets = names.compactMap { name in Self.readerNumber(name).map { ($0, name) } }
      .sorted { $0.0 < $1.0 }
    guard !sheets.isEmpty else {
      throw ExperimentError(
        "\(folder): holds no sheet 'scoring-reader-1.csv'; save the readers' sheets there as CSV")
    }
    try Self.check(key, against: folder)
    self.init(
      key: key,
      readers: try sheets.map { try Self.reader($0, path: "\(folder)/\($1)", key: key) })
  }

  /// The number of the reader whose sheet a file is, by its name.
  private static func readerNumber(_ name: String) -> Int? {
    guard name.hasPrefix("scoring-reader-"), name.hasSuffix(".csv"),
      let number = Int(name.dropFirst("scoring-reader-".count).dropLast(".csv".count)), number > 0,
      ReaderStudyPackage.sheetName(number) == name
    else { return nil }
    return number
  }

  /// Throws if an image beside the sheets is not that of the key.
  private static func check(_ key: ReaderStudyKey, against folder: String) throws {
    for image in key.images {
      let path = "\(folder)/images/\(image.number).png"
      // The sheets alone are enough: images need not come back from the readers.
      guard let bytes = FileManager.default.contents(atPath: path) else { continue }
      guard FileDigest.sha256(of: bytes) == image.sha256 else {
        throw ExperimentError(
          "\(path): is not the image of the key; name the key of this very study with --key")
      }
    }
  }

  private static func reader(
    _ number: Int, path: String, key: ReaderStudyKey
  ) throws -> Reader {
    let sheet = try SheetText(contentsOf: path)
    let names = sheet.header.map { $0.lowercased() }
    func column(_ name: String) throws -> Int {
      guard let index = names.firstIndex(of: name) else {
        throw ExperimentError(
          "\(path): has no column '\(name)'; take the sheet as it was given out")
      }
      return index
    }
    let image = try column("image")
    let columns = try ReadingCriterion.allCases.map { ($0, try column($0.rawValue)) }
    let comment = names.firstIndex(of: "comment")
    let known = Set(key.images.map(\.number))
    var scores: [Int: [ReadingCriterion: Int]] = [:]
    var comments: [Int: String] = [:]
    for row in sheet.rows {
      func cell(_ index: Int) -> String { index < row.cells.count ? row.cells[index] : "" }
      guard let shown = Int(cell(image)) else {
        throw ExperimentError("\(path): line \(row.line) has no number of an image")
      }
      guard known.contains(shown) else {
        throw ExperimentError(
          "\(path): line \(row.line) scores image \(shown), which the key does not have; "
            + "name the key of this very study with --key")
      }
      guard scores[shown] == nil else {
        throw ExperimentError("\(path): line \(row.line) scores image \(shown) a second time")
      }
      scores[shown] = [:]
      for (criterion, index) in columns where !cell(index).isEmpty {
        guard let score = Int(cell(index)), ReadingCriterion.scores.contains(score) else {
          throw ExperimentError(
            "\(path): line \(row.line) has '\(cell(index))' for \(criterion.rawValue); "
              + "scores are 1, 2, 3 and 4")
        }
        scores[shown]?[criterion] = score
      }
      if let comment, !cell(comment).isEmpty { comments[shown] = cell(comment) }
    }
    return Reader(number: number, scores: scores, comments: comments)
  }
}
