import Foundation
public import Phantoms

/// The list of a data set's scans, with what identifies and describes each file.
public struct DatasetManifest: Sendable, Equatable {
  /// The version of the format that this program reads.
  public static let version = 1

  /// Where k-space comes from.
  public enum Origin: String, Sendable, CaseIterable, Codable {
    /// A scanner.
    case measured
    /// Computed from images or from a phantom.
    case simulated
  }

  /// One scan.
  public struct Entry: Sendable, Equatable {
    /// The scan's name in protocols and tables; unique in the manifest.
    public var name: String
    /// The file, from the data folder.
    public var path: String
    /// SHA-256 in hexadecimal digits and size; nil where nobody has stated them.
    public var sha256: String?
    public var bytes: Int?
    /// The patient's pseudonym; slices and scans of one patient are not independent.
    public var patient: String
    public var anatomy: String
    public var contrast: String
    /// `train`, `val` or `test`.
    public var split: String?
    /// How to make the scan where it is not on the disk: it is a simulated head.
    public var simulate: HeadScanSettings?
    /// Where the entry stands, for errors.
    var line: Int

    public static func == (a: Self, b: Self) -> Bool {
      (a.name, a.path, a.sha256, a.bytes) == (b.name, b.path, b.sha256, b.bytes)
        && (a.patient, a.anatomy, a.contrast, a.split)
          == (b.patient, b.anatomy, b.contrast, b.split)
        && a.simulate == b.simulate
    }
  }

  public var name: String
  public var title: String
  public var licence: String
  /// Where and how to get the files.
  public var source: String
  public var origin: Origin
  /// What a reader of tables must know about the data.
  public var note: String?
  public var entries: [Entry]
  /// The manifest's own path.
  public var file: String
}
