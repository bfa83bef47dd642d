import Foundation
import Phantoms

extension DatasetManifest {
  /// Reads a manifest.
  ///
  /// Throws `ExperimentError` with the line of whatever is missing, unknown or out of range.
  public init(contentsOf path: String) throws(ExperimentError) {
    try self.init(text: try YAMLMapping.text(of: path, kind: "data set's manifest"), file: path)
  }

  /// Reads a manifest's YAML text as if it stood in `file`.
  public init(text: String, file: String) throws(ExperimentError) {
    var top = try YAMLMapping(text: text, file: file)
    try top.requireVersion(Self.version)
    self.file = file
    name = try top.required("name").word()
    title = try top.required("title").text()
    licence = try top.required("licence").text()
    source = try top.required("source").text()
    origin = try top.required("origin").choice()
    kind = try top.optional("kind")?.choice() ?? .scans
    note = try top.optional("note")?.text()
    switch kind {
    case .scans:
      let anatomy = try top.optional("anatomy")?.text()
      self.anatomy = anatomy
      entries = try top.required("scans").namedList { (value) throws(ExperimentError) in
        try Entry(value, anatomy: anatomy)
      }
    case .images:
      stacks = try top.required("stacks").namedList(Stack.init)
    }
    try top.finish()
  }
}

extension DatasetManifest.Entry {
  fileprivate init(_ value: YAMLValue, anatomy: String?) throws(ExperimentError) {
    line = value.line
    var mapping = try value.mapping()
    (name, path, sha256, bytes) = try mapping.identity(of: value)
    patient = try mapping.required("patient").text()
    if let own = mapping.optional("anatomy") {
      self.anatomy = try own.text()
    } else if let anatomy {
      self.anatomy = anatomy
    } else {
      self.anatomy = try mapping.required("anatomy").text()
    }
    contrast = try mapping.required("contrast").text()
    split = try mapping.optional("split")?.text()
    origin = try mapping.optional("origin")?.choice()
    simulate = try mapping.optional("simulate").map(HeadScanSettings.init)
    try mapping.finish()
  }
}

extension DatasetManifest.Stack {
  fileprivate init(_ value: YAMLValue) throws(ExperimentError) {
    line = value.line
    var mapping = try value.mapping()
    (name, path, sha256, bytes) = try mapping.identity(of: value)
    images = try mapping.optional("images")?.integer(1...Int.max)
    try mapping.finish()
  }
}

extension YAMLMapping {
  /// What identifies the file that this mapping, the content of `value`, describes.
  fileprivate mutating func identity(
    of value: YAMLValue
  ) throws(ExperimentError) -> (name: String, path: String, sha256: String?, bytes: Int?) {
    let name = try required("name").word()
    let pathValue = optional("path")
    let path = try pathValue?.text() ?? "\(name).h5"
    guard !path.isEmpty, !path.hasPrefix("/"), !path.split(separator: "/").contains("..") else {
      throw (pathValue ?? value).fault("must be a path within the data folder")
    }
    var sha256: String?
    if let digest = optional("sha256") {
      let text = try digest.text()
      guard text.count == 64, text.allSatisfy({ "0123456789abcdef".contains($0) }) else {
        throw digest.fault("must be 64 hexadecimal digits in lower case")
      }
      sha256 = text
    }
    return (name, path, sha256, try optional("bytes")?.integer(0...Int.max))
  }
}

extension YAMLValue {
  /// A list of files whose names differ.
  fileprivate func namedList<File: DatasetFile>(
    _ read: (YAMLValue) throws(ExperimentError) -> File
  ) throws(ExperimentError) -> [File] {
    var files: [File] = []
    var lines: [String: Int] = [:]
    for value in try list() {
      let file = try read(value)
      if let other = lines[file.name] {
        throw value.fault(
          "has the name '\(file.name)' of the entry in line \(other); names must differ")
      }
      lines[file.name] = value.line
      files.append(file)
    }
    return files
  }
}

extension HeadScanSettings {
  /// The settings of a manifest; those that it leaves out are the customary ones.
  fileprivate init(_ value: YAMLValue) throws(ExperimentError) {
    self.init()
    var mapping = try value.mapping()
    if let entry = mapping.optional("rows") { rows = try entry.integer(32...1024) }
    if let entry = mapping.optional("columns") { columns = try entry.integer(32...1024) }
    if let entry = mapping.optional("slices") { slices = try entry.integer(1...200) }
    if let entry = mapping.optional("coils") { coils = try entry.integer(1...64) }
    if let entry = mapping.optional("contrast") { contrast = try entry.choice() }
    if let entry = mapping.optional("snr") { signalToNoise = Float(try entry.number()) }
    if let entry = mapping.optional("seed") { seed = UInt64(try entry.integer(0...Int.max)) }
    if let entry = mapping.optional("field_of_view") { fieldOfView = Float(try entry.number()) }
    if let entry = mapping.optional("position") { position = Float(try entry.number()) }
    if let entry = mapping.optional("spacing") { spacing = Float(try entry.number()) }
    if let entry = mapping.optional("thickness") { thickness = Float(try entry.number()) }
    try mapping.finish()
    if let fault { throw value.fault(fault) }
  }
}
