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
    try synchronise(file.path)
    guard rename(file.path, path) == 0 else { throw failure("it could not be renamed") }
    isFinished.store(true, ordering: .releasing)
    // The new name itself is a change of the folder and must reach the disk as well.
    let folder = (path as NSString).deletingLastPathComponent
    try synchronise(folder.isEmpty ? "." : folder)
  }

  private func synchronise(_ path: String) throws(ScanFileError) {
    let descriptor = open(path, O_RDONLY)
    guard descriptor >= 0 else { throw failure(String(cString: strerror(errno))) }
    defer { close(descriptor) }
    // Some file systems cannot sync a folder and say so with EINVAL; that is no loss of data.
    guard fsync(descriptor) == 0 || errno == EINVAL else {
      throw failure(String(cString: strerror(errno)))
    }
  }

  private func failure(_ reason: String) -> ScanFileError {
    ScanFileError(file: path, problem: .writeFailed(object: "the file", reason: reason))
  }
}
