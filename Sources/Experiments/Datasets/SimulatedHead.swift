import Foundation
public import Phantoms
import ScanFiles

/// A scan file of a simulated head.
public enum SimulatedHead {
  /// Writes the scan of `settings`, whose `fault` must be nil; the same settings give the same file.
  ///
  /// Throws `ScanFileError` if the file cannot be written.
  public static func write(_ settings: HeadScanSettings, to path: String) throws {
    let scan = HeadScan(settings)
    let file = try SimulatedScanFile(
      path: path, slices: settings.slices, coils: settings.coils,
      rows: HeadScan.oversampling * settings.rows, columns: settings.columns, header: scan.header)
    for slice in 0..<settings.slices { try file.write(scan.kspace(slice: slice), slice: slice) }
    try file.commit()
  }
}

extension DataFolder {
  /// The path of an entry's file, which exists.
  ///
  /// A simulated head that is not in the data folder lies in `folder`, where it is made if it is
  /// missing: the manifest's own folder may not be ours to write in. Throws `ExperimentError` for a
  /// file that is not there, `ScanFileError` if a head cannot be written.
  func existing(
    _ entry: DatasetManifest.Entry, of manifest: DatasetManifest, simulatedIn folder: String
  ) throws -> String {
    let path = self.path(of: entry)
    if FileManager.default.fileExists(atPath: path) { return path }
    guard let settings = entry.simulate else {
      throw ExperimentError(
        "\(path): the scan '\(entry.name)' of \(manifest.file) is not there; name the folder of "
          + "its files with --data, or see 'mri-ilo dataset check \(manifest.file)'")
    }
    let made = "\(folder)/\(entry.name).h5"
    if !FileManager.default.fileExists(atPath: made) {
      do {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      } catch {
        throw ExperimentError(
          "\(folder): the folder cannot be made; check the path and the permissions, or choose "
            + "another with -o")
      }
      try SimulatedHead.write(settings, to: made)
    }
    return made
  }
}
