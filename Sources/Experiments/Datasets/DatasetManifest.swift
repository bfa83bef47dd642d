import Foundation
public import Phantoms

/// The list of a data set's files, with what identifies and describes each.
///
/// Read from YAML by `init(contentsOf:)`, printed by `text`.
public struct DatasetManifest: Sendable, Equatable {
  /// The version of the format that this program reads and writes.
  public static let version = 1

  /// Where the data come from.
  public enum Origin: String, Sendable, CaseIterable, Codable {
    /// A scanner.
    case measured
    /// Computed from images or from a phantom.
    case simulated
  }

  /// What the files hold.
  public enum Kind: String, Sendable, CaseIterable, Codable {
    /// Scans in fastMRI's layout: `entries`.
    case scans
    /// Stacks of magnitude images, without k-space: `stacks`.
    case images
  }

  /// One scan.
  public struct Entry: DatasetFile, Equatable {
    /// The scan's name in protocols and tables; unique in the manifest.
    public var name: String
    public var path: String
    public var sha256: String?
    public var bytes: Int?
    /// The patient's pseudonym; slices and scans of one patient are not independent.
    public var patient: String
    public var anatomy: String
    public var contrast: String
    /// `train`, `val` or `test`.
    public var split: String?
    /// Where the data come from, if not as the manifest's other scans.
    public var origin: Origin?
    /// How to make the scan where it is not on the disk: it is a simulated head.
    public var simulate: HeadScanSettings?
    /// Where the entry stands, for errors; 0 for one that was never in a file.
    var line = 0

    public static func == (a: Self, b: Self) -> Bool {
      (a.name, a.path, a.sha256, a.bytes) == (b.name, b.path, b.sha256, b.bytes)
        && (a.patient, a.anatomy, a.contrast, a.split)
          == (b.patient, b.anatomy, b.contrast, b.split)
        && a.origin == b.origin && a.simulate == b.simulate
    }
  }

  /// One stack of images, as `ImageStackReader` reads it.
  public struct Stack: DatasetFile, Equatable {
    public var name: String
    public var path: String
    public var sha256: String?
    public var bytes: Int?
    /// How many images it holds; nil where nobody has stated it.
    public var images: Int?
    var line = 0

    public static func == (a: Self, b: Self) -> Bool {
      (a.name, a.path, a.sha256, a.bytes, a.images) == (b.name, b.path, b.sha256, b.bytes, b.images)
    }
  }

  public var name: String
  public var title: String
  public var licence: String
  /// Where and how to get the files.
  public var source: String
  public var origin: Origin
  public var kind = Kind.scans
  /// The anatomy of all scans that state none of their own.
  public var anatomy: String?
  /// What a reader of tables must know about the data.
  public var note: String?
  /// The scans; empty in a manifest of images.
  public var entries: [Entry] = []
  /// The stacks; empty in a manifest of scans.
  public var stacks: [Stack] = []
  /// The manifest's own path.
  public var file: String

  /// All files, of whatever kind.
  public var files: [any DatasetFile] {
    switch kind {
    case .scans: entries
    case .images: stacks
    }
  }
}

/// A file of a data set.
public protocol DatasetFile: Sendable {
  /// Its name, unique in the manifest.
  var name: String { get }
  /// Where it lies, from the data folder.
  var path: String { get }
  /// SHA-256 in hexadecimal digits; nil where nobody has stated it.
  var sha256: String? { get }
  /// Its size in bytes; nil where nobody has stated it.
  var bytes: Int? { get }
}
