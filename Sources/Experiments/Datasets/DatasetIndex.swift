import Acquisition
import Foundation
import ScanFiles

/// Makes a manifest of scans that lie in a folder.
public struct DatasetIndex: Sendable {
  /// What the files themselves do not say.
  public struct Description: Sendable {
    public var name = "my-data"
    public var title = "My data"
    public var licence = "not stated"
    public var source = "not stated"
    public var origin = DatasetManifest.Origin.measured
    public var note: String?
    public var anatomy = "not stated"
    /// The split of all scans.
    public var split: String?
    /// The contrast of scans that state none.
    public var contrast = "not stated"

    public init() {}

    /// What a known manifest says of such data.
    public init(like manifest: DatasetManifest) throws(ExperimentError) {
      guard manifest.kind == .scans else {
        throw ExperimentError(
          "\(manifest.file): lists images, not scans; name a manifest that lists scans")
      }
      (name, title, licence) = (manifest.name, manifest.title, manifest.licence)
      (source, origin, note) = (manifest.source, manifest.origin, manifest.note)
      if let anatomy = manifest.anatomy { self.anatomy = anatomy }
    }
  }

  /// The manifest.
  public let manifest: DatasetManifest
  /// How the names of scan files end.
  private static let endings = [".h5", ".hdf5", ".mat", ".cfl", ".ra"]
  /// What is wrong with each file that was left out, one sentence each, with its path.
  public let skipped: [String]
  /// How many scans state no patient, and so count as a patient each.
  public let withoutPatient: Int

  /// Looks at every file in `folder` and the folders in it whose name ends as one of `endings`, for a
  /// manifest that will be `file`.
  ///
  /// Each is read to its end; those that are no scans, or damaged, are left out and named. The
  /// patient is the attribute `patient_id`, the contrast `acquisition`. `progress` is called before
  /// each file with its path. Throws `ExperimentError` if the folder cannot be read or holds no
  /// scan.
  public init(
    folder: String, description: Description, file: String, progress: (String) -> Void = { _ in }
  ) throws(ExperimentError) {
    let paths = try Self.scanFiles(in: folder)
    var entries: [DatasetManifest.Entry] = []
    var skipped: [String] = []
    var withoutPatient = 0
    let names = Self.names(of: paths)
    for (path, name) in zip(paths, names) {
      let full = (folder as NSString).appendingPathComponent(path)
      progress(full)
      do {
        let scan = try ScanFile.open(full)
        try FileContent.read(scan)
        let patient = Self.stated(scan.header.patient)
        if patient == nil { withoutPatient += 1 }
        entries.append(
          .init(
            name: name, path: path, sha256: try FileDigest.sha256(ofFile: full),
            bytes: try FileContent.size(of: full), patient: patient ?? name,
            anatomy: description.anatomy,
            contrast: Self.stated(scan.header.acquisition) ?? description.contrast,
            split: description.split))
      } catch {
        skipped.append("\(error)")
      }
    }
    guard !entries.isEmpty else {
      throw ExperimentError(
        "\(folder): holds no scan"
          + (skipped.first.map { " (\($0))" } ?? "; there is no .h5 file in it"))
    }
    self.skipped = skipped
    self.withoutPatient = withoutPatient
    manifest = DatasetManifest(
      name: description.name, title: description.title, licence: description.licence,
      source: description.source, origin: description.origin, note: description.note,
      entries: entries, file: file)
  }

  private static func stated(_ text: String?) -> String? { text.flatMap { $0.isEmpty ? nil : $0 } }

  /// The paths of all HDF5 files from `folder` on, in alphabetic order; hidden ones are left out.
  private static func scanFiles(in folder: String) throws(ExperimentError) -> [String] {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder),
      isFolder.boolValue, let walk = FileManager.default.enumerator(atPath: folder)
    else { throw ExperimentError("\(folder): is no folder that can be read; check the path") }
    var paths: [String] = []
    for case let path as String in walk {
      let parts = path.split(separator: "/")
      guard !parts.contains(where: { $0.hasPrefix(".") }) else { continue }
      if endings.contains(where: path.hasSuffix) { paths.append(path) }
    }
    return paths.sorted()
  }

  /// A name for each path that can stand in a table and differs from all others: the file's name
  /// without its ending, the folders before it where that is not enough.
  private static func names(of paths: [String]) -> [String] {
    func word(_ text: String) -> String {
      let word = String(
        text.map { $0.isLetter || $0.isNumber || "-_.+".contains($0) ? $0 : "-" })
      return word.hasPrefix(".") ? "-" + word : word
    }
    let bare = paths.map { ($0 as NSString).deletingPathExtension }
    let short = bare.map { word(($0 as NSString).lastPathComponent) }
    let counts = Dictionary(short.map { ($0, 1) }, uniquingKeysWith: +)
    var used: Set<String> = []
    return short.indices.map { index in
      let wanted = counts[short[index]] == 1 ? short[index] : word(bare[index])
      var name = wanted
      var number = 2
      while !used.insert(name).inserted {
        name = "\(wanted)-\(number)"
        number += 1
      }
      return name
    }
  }
}
