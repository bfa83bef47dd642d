import Evaluation
import Experiments
import Foundation

extension ReaderAnalysis {
  private static let files = ["reader-results.csv", "reader-results.md"]

  /// Writes `reader-results.csv` and `reader-results.md` as the folder `path`, in the place of those of
  /// an earlier analysis.
  ///
  /// Throws `ExperimentError` for a folder that holds anything else, `OutputFileError` where it cannot
  /// be written.
  public func write(to path: String) throws {
    let folder = try StagedFolder(path, replaceable: Self.files.contains)
    try folder.write(Data(data.text.utf8), Self.files[0])
    try folder.write(Data(markdown.utf8), Self.files[1])
    try folder.publish()
  }
}
