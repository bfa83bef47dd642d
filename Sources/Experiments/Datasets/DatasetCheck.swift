import Evaluation
import Foundation

/// What the disk holds of a data set's files.
public struct DatasetCheck: Sendable, Codable {
  /// What is the matter with a file, or that nothing is.
  public enum Status: String, Sendable, Codable, CaseIterable {
    /// There, readable, of the stated checksum.
    case found
    /// There and readable to the end, but the manifest states no checksum to compare.
    case noChecksum = "no checksum stated"
    /// Not there, and need not be: the manifest says how to make it.
    case madeOnDemand = "made on demand"
    case missing
    case wrongSize = "wrong size"
    case wrongChecksum = "wrong checksum"
    case unreadable

    /// Whether an experiment can use the file.
    public var isGood: Bool {
      switch self {
      case .found, .noChecksum, .madeOnDemand: true
      case .missing, .wrongSize, .wrongChecksum, .unreadable: false
      }
    }
  }

  /// One file.
  public struct File: Sendable, Codable {
    public var name: String
    public var path: String
    public var status: Status
    /// What was found instead, or why the file cannot be read; nil if there is nothing to say.
    public var detail: String?
  }

  public var manifest: String
  public var dataFolder: String
  public var files: [File]

  /// Looks at every file of a manifest in a folder; `progress` is called before each with its
  /// number.
  ///
  /// Sizes come first, then whether a file opens as what the manifest says it is, then the
  /// checksum. Where no checksum vouches for the content, every slice is read. Throws
  /// `ExperimentError` if the manifest lists no files; damaged files are what it reports.
  public init(
    _ manifest: DatasetManifest, in folder: DataFolder, progress: (Int) -> Void = { _ in }
  ) throws(ExperimentError) {
    guard !manifest.files.isEmpty else {
      throw ExperimentError(
        "\(manifest.file): lists no files, so there is nothing to check; get the data as its "
          + "'source' says and list yours with 'mri-ilo dataset index FOLDER "
          + "--like \(manifest.name) -o mine.yaml'")
    }
    self.manifest = manifest.file
    dataFolder = folder.path
    files = manifest.files.enumerated().map { number, file in
      progress(number)
      let path = folder.path(of: file)
      let (status, detail) = Self.look(at: file, path: path, kind: manifest.kind)
      return File(name: file.name, path: path, status: status, detail: detail)
    }
  }

  private static func look(
    at file: any DatasetFile, path: String, kind: DatasetManifest.Kind
  ) -> (Status, String?) {
    guard FileManager.default.fileExists(atPath: path) else {
      let isMade = (file as? DatasetManifest.Entry)?.simulate != nil
      return (isMade ? .madeOnDemand : .missing, nil)
    }
    do {
      let size = try FileContent.size(of: path)
      if let bytes = file.bytes, bytes != size {
        return (.wrongSize, "\(size) bytes in place of \(bytes)")
      }
      try FileContent.check(path, kind: kind, toTheEnd: file.sha256 == nil)
      guard let stated = file.sha256 else { return (.noChecksum, nil) }
      let digest = try FileDigest.sha256(ofFile: path)
      return digest == stated
        ? (.found, nil)
        : (.wrongChecksum, "\(digest.prefix(12))… in place of \(stated.prefix(12))…")
    } catch {
      // The path stands beside it already.
      return (.unreadable, "\(error)".replacing("\(path): ", with: ""))
    }
  }

  /// The files that an experiment cannot use.
  public var faults: [File] { files.filter { !$0.status.isGood } }

  /// A row for each file, for the terminal.
  public var table: String {
    var table = TextTable([("name", .left), ("status", .left), ("file", .left), ("", .left)])
    for file in files {
      table.append([file.name, file.status.rawValue, file.path, file.detail ?? ""])
    }
    return table.text
  }

  /// One sentence on all of it.
  public var summary: String {
    let counts = Status.allCases.compactMap { status -> String? in
      let count = files.count { $0.status == status }
      return count == 0 ? nil : "\(count) \(status.rawValue)"
    }
    let sum = "\(manifest): of \(files.count) file\(files.count == 1 ? "" : "s") in \(dataFolder), "
    let text = sum + counts.joined(separator: ", ")
    return faults.isEmpty
      ? text + "."
      : text + "; get \(faults.count == 1 ? "the file" : "the files") named above again as the "
        + "manifest's 'source' says, or name another folder with --data"
  }
}
