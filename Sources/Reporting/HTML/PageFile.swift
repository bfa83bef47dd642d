import Evaluation
import Foundation

/// Writes an HTML page by way of a temporary file beside `path`.
///
/// Throws `OutputFileError` if the folder does not exist or cannot be written.
func writePage(_ html: String, to path: String) throws {
  try writeAtomically(to: path) { temporary in
    do {
      try Data(html.utf8).write(to: URL(fileURLWithPath: temporary))
    } catch {
      throw OutputFileError(path: path, reason: error.localizedDescription)
    }
  }
}
