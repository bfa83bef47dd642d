import Foundation
import Synchronization

/// Writes an HDF5 file that appears under its name only when it is complete.
///
/// Everything goes to a `PartialFile` in the same folder. `commit()` flushes, closes, syncs to the
/// disk and renames, and checks every step, so that a full disk is an error and never a short file. Without a `commit()` the partial file is removed.
public final class AtomicHDF5Writer: Sendable {
  /// The open partial file; create datasets in it.
  public let file: HDF5File
  /// The path under which the file will appear.
  public let path: String
  private let isFinished = Atomic<Bool>(false)

  /// Starts the file that will be `path`; an existing one stays until `commit()`.
  ///
  /// Throws `ScanFileError` if the folder is missing or may not be written.
  public init(path: String) throws(ScanFileError) {
    self.path = path
    let partial = PartialFile.name(for: path)
    do throws(ScanFileError) {
      file = try HDF5File(creating: partial, nameInErrors: path)
    } catch {
      // HDF5 leaves an empty file behind when it cannot write the first bytes.
      unlink(partial)
      throw error
    }
  }

  deinit {
    if !isFinished.load(ordering: .acquiring) {
      try? file.close()
      unlink(file.path)
    }
  }

  /// Brings every byte to the disk and gives the file its name; throws if any step fails.
  public func commit() throws(ScanFileError) {
    try file.close()
    try PartialFile.publish(file.path, as: path)
    isFinished.store(true, ordering: .releasing)
  }
}
