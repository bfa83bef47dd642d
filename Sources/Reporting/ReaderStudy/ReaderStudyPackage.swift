import Arrays
import Evaluation
public import Experiments
import Foundation

/// Writes a reader study: the package for the readers, and the key apart from it.
///
/// | file | what |
/// |---|---|
/// | `images/NNN.png` | the images, 8-bit grey, all of one size in bytes for one size in pixels |
/// | `scoring-reader-N.csv`, `.xlsx` | the sheet of reader N, in an order of its own |
/// | `instructions.html` | the scales and how to read |
public struct ReaderStudyPackage {
  public let plan: ReaderStudyPlan
  private let results: SweepResults

  /// The columns of a sheet.
  public static let columns =
    ["order", "image"] + ReadingCriterion.allCases.map(\.rawValue) + ["comment"]
  /// The time that all files bear: 1 January 2000.
  static let date = Date(timeIntervalSince1970: 946_684_800)

  /// Plans a study; throws `ExperimentError` where the run does not have what is asked for.
  public init(_ settings: ReaderStudySettings, results: SweepResults) throws {
    plan = try ReaderStudyPlan(settings, results: results)
    self.results = results
  }

  /// The sheet's file of reader `number`, from 1.
  static func sheetName(_ number: Int) -> String { "scoring-reader-\(number).csv" }

  /// Writes the package as the new `folder` and the key as the new file `keyFile`.
  ///
  /// Neither may exist: a key that was overwritten would make a study worthless. Throws
  /// `ExperimentError` or `OutputFileError`; then neither is there.
  public func write(folder: String, keyFile: String) throws {
    let (package, keyPath) = (
      URL(fileURLWithPath: folder).standardizedFileURL.path,
      URL(fileURLWithPath: keyFile).standardizedFileURL.path
    )
    guard !keyPath.hasPrefix(package + "/") else {
      throw ExperimentError(
        "--key \(keyFile): lies inside the package, where readers would see it; put it elsewhere")
    }
    guard !FileManager.default.fileExists(atPath: keyFile) else {
      throw ExperimentError("\(keyFile): the key of a study is there already; choose another name")
    }
    let staged = try StagedFolder(folder)
    var key = ReaderStudyKey(images: plan.images)
    try staged.makeFolder("images")
    var enlargements = Set<Int>()
    // In the order of the numbers, so that not even the order of writing tells anything.
    for index in key.images.indices {
      let image = key.images[index]
      let (bytes, enlargement) = try picture(of: image)
      enlargements.insert(enlargement)
      key.images[index].sha256 = FileDigest.sha256(of: bytes)
      try staged.write(bytes, "images/\(image.number).png")
    }
    for (reader, order) in plan.orders.enumerated() {
      try writeSheet(order, reader: reader + 1, to: staged)
    }
    let instructions = ReaderInstructions(enlargements: enlargements, images: plan.images.count)
    try staged.write(Data(instructions.html.utf8), "instructions.html")
    try staged.setDates(Self.date)
    try key.csv.write(to: keyFile)
    do {
      try staged.publish()
    } catch {
      unlink(keyFile)
      throw error
    }
  }

  private func picture(of image: ReaderStudyImage) throws -> (Data, enlargement: Int) {
    guard let row = plan.rows[image.number] else {
      throw ExperimentError("the image \(image.number) of the study is not in the run")
    }
    let reference = try results.reference(row)
    let window = ReadingWindow(reference: reference)
    var shown = reference
    if image.sampling != nil {
      guard let found = try results.image(row) else {
        throw ExperimentError(
          "\(results.folder.path): the images of job \(row.condition.job) are missing; "
            + "run the sweep again")
      }
      shown = found
    }
    guard shown.values.allSatisfy(\.isFinite) else {
      throw ExperimentError(
        "\(results.folder.path): the image of \(image.method) for \(image.scan), slice "
          + "\(image.slice), is not finite and cannot be shown; leave the method out with --methods"
      )
    }
    return (Data(StoredPNG(window.picture(shown)).bytes), window.enlargement)
  }

  private func writeSheet(_ order: [Int], reader: Int, to staged: StagedFolder) throws {
    var sheet = CSVWriter(columns: Self.columns)
    let empty = [CSVField](repeating: .empty, count: Self.columns.count - 2)
    for (place, number) in order.enumerated() {
      sheet.append([.integer(place + 1), .integer(number)] + empty)
    }
    let name = Self.sheetName(reader)
    try staged.write(Data(sheet.text.utf8), name)
    try ScoringWorkbook.write(
      columns: Self.columns, numbers: order,
      to: staged.file(name.replacingOccurrences(of: ".csv", with: ".xlsx")))
  }
}
