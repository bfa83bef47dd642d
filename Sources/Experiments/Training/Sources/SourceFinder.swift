import Foundation
import ScanFiles

/// Finds the files of images that a list of paths names.
///
/// A path is a file, a manifest, or a folder of any of them, with the folders in it; hidden files are
/// left out. What a manifest says of a file holds wherever else the file is found; a file that it puts
/// into another split than `train` and `val` is never opened.
struct SourceFinder {
  private(set) var sources: [any ImageSource] = []
  /// A sentence for each file that cannot be used.
  private(set) var skipped: [String] = []
  /// Files that need not be looked at again, by their real paths.
  private var known: Set<String> = []

  /// A file as it was found.
  private struct Found {
    let path: String
    /// Whether the user named it, and not only its folder.
    let isNamed: Bool
    /// The subject if the file states none.
    let name: String
  }

  private static let endings = [".h5", ".hdf5", ".png", ".nii", ".nii.gz"]
  private static let manifestEndings = [".yaml", ".yml"]

  /// Opens all files; `progress` is called before each with its path.
  ///
  /// Throws `ExperimentError` for a path that is not there and for a manifest that cannot be read.
  init(_ paths: [String], progress: (String) -> Void = { _ in }) throws(ExperimentError) {
    var found: [Found] = []
    for path in paths { found += try Self.files(path) }
    let isManifest = { (file: Found) in Self.hasEnding(file.path, Self.manifestEndings) }
    for file in found where isManifest(file) { try addManifest(file, progress) }
    for file in found where !isManifest(file) { add(file, progress) }
  }

  /// The files at `path`, in alphabetic order.
  private static func files(_ path: String) throws(ExperimentError) -> [Found] {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw ExperimentError("\(path): there is no such file or folder; check the path")
    }
    guard isFolder.boolValue else {
      guard hasEnding(path, endings + manifestEndings) else {
        throw ExperimentError(
          "\(path): is of no known kind; give files that end in "
            + (endings + manifestEndings).joined(separator: ", ") + ", or a folder of them")
      }
      return [Found(path: path, isNamed: true, name: bare((path as NSString).lastPathComponent))]
    }
    guard let walk = FileManager.default.enumerator(atPath: path) else {
      throw ExperimentError("\(path): is no folder that can be read; check the permissions")
    }
    var names: [String] = []
    for case let name as String in walk
    where hasEnding(name, endings + manifestEndings)
      && !name.split(separator: "/").contains(where: { $0.hasPrefix(".") })
    {
      names.append(name)
    }
    return names.sorted().map { name in
      let folder = (name as NSString).deletingLastPathComponent
      // The pictures of a folder within are slices of one subject.
      let isSlice = name.lowercased().hasSuffix(".png") && !folder.isEmpty
      return Found(
        path: (path as NSString).appendingPathComponent(name), isNamed: false,
        name: isSlice ? folder : bare(name))
    }
  }

  private static func hasEnding(_ path: String, _ endings: [String]) -> Bool {
    let path = path.lowercased()
    return endings.contains { path.hasSuffix($0) }
  }

  /// A name without its ending.
  private static func bare(_ name: String) -> String {
    let ending = endings.filter { name.lowercased().hasSuffix($0) }.max { $0.count < $1.count }
    return String(name.dropLast(ending?.count ?? 0))
  }

  private mutating func addManifest(
    _ file: Found, _ progress: (String) -> Void
  ) throws(ExperimentError) {
    let manifest: DatasetManifest
    let folder: DataFolder
    do throws(ExperimentError) {
      manifest = try DatasetManifest(contentsOf: file.path)
      folder = try DataFolder(option: nil, manifest: manifest)
    } catch {
      if file.isNamed { throw error }
      skipped.append(error.description)
      return
    }
    for stack in manifest.stacks {
      let path = folder.path(of: stack)
      guard isNew(path) else { continue }
      progress(path)
      open(path) { try StackSource(path: path, name: stack.name) }
    }
    for entry in manifest.entries {
      let path = folder.path(of: entry)
      guard isNew(path), entry.split == nil || TrainingSet.Part(stated: entry.split) != nil else {
        continue
      }
      progress(path)
      open(path) {
        try ScanSource(path: path, name: entry.name, patient: entry.patient, split: entry.split)
      }
    }
  }

  private mutating func add(_ file: Found, _ progress: (String) -> Void) {
    guard isNew(file.path) else { return }
    progress(file.path)
    let path = file.path
    let ending = path.lowercased()
    open(path) {
      if ending.hasSuffix(".png") { return try PictureSource(path: path, name: file.name) }
      if ending.hasSuffix(".nii") || ending.hasSuffix(".nii.gz") {
        return try VolumeSource(path: path, name: file.name)
      }
      let content = try HDF5File(reading: path)
      if content.contains("kspace") { return try ScanSource(path: path, name: file.name) }
      guard content.contains("images") else {
        throw ExperimentError(
          "\(path): holds neither 'kspace', as a scan does, nor 'images', as a stack does")
      }
      return try StackSource(path: path, name: file.name)
    }
  }

  private mutating func open(_ path: String, _ source: () throws -> any ImageSource) {
    do {
      sources.append(try source())
    } catch {
      skipped.append("\(error)")
    }
  }

  private mutating func isNew(_ path: String) -> Bool {
    known.insert(URL(fileURLWithPath: path).resolvingSymlinksInPath().standardizedFileURL.path)
      .inserted
  }
}
