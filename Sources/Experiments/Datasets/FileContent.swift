import Foundation
import ScanFiles

/// Whether a file of a data set is there and holds what it should.
enum FileContent {
  /// The size in bytes; throws `ExperimentError` if it is no plain file.
  static func size(of path: String) throws(ExperimentError) -> Int {
    // Links are followed: large data often lie on another disk.
    let target = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
    guard let facts = try? FileManager.default.attributesOfItem(atPath: target),
      facts[.type] as? FileAttributeType == .typeRegular, let size = facts[.size] as? Int
    else { throw ExperimentError("\(path): is no file that can be read; check the path") }
    return size
  }

  /// Opens a file as what `kind` says it is, and reads all of its data if `toTheEnd`.
  ///
  /// Throws `ScanFileError` or `ExperimentError` on what is wrong with it.
  static func check(_ path: String, kind: DatasetManifest.Kind, toTheEnd: Bool) throws {
    switch kind {
    case .scans:
      let scan = try ScanFile.open(path)
      if toTheEnd { try read(scan) }
    case .images:
      let stack = try ImageStackReader(path: path)
      guard toTheEnd else { return }
      for index in 0..<stack.count { _ = try stack.image(index) }
    }
  }

  /// Reads every slice of a scan and of its reference.
  static func read(_ scan: any Scan) throws {
    for slice in 0..<scan.slices {
      _ = try scan.kspace(slice: slice)
      _ = try scan.reference(slice: slice)
    }
  }
}
