import Phantoms
import Yams

extension DatasetManifest {
  /// The manifest as YAML, which `init(text:file:)` reads back to an equal one.
  public var text: String {
    get throws { try Yams.serialize(node: node, width: 100, allowUnicode: true, sortKeys: false) }
  }

  private var node: Node {
    var keys: [(String, Node)] = [
      ("version", .integer(Self.version)), ("name", .text(name)), ("title", .text(title)),
      ("licence", .text(licence)), ("source", .text(source)), ("origin", .text(origin.rawValue)),
      ("kind", .text(kind.rawValue)),
    ]
    if let note { keys.append(("note", .text(note))) }
    switch kind {
    case .scans:
      if let anatomy { keys.append(("anatomy", .text(anatomy))) }
      keys.append(("scans", .list(entries.map(\.node))))
    case .images: keys.append(("stacks", .list(stacks.map(\.node))))
    }
    return .keys(keys)
  }
}

extension DatasetFile {
  fileprivate var identity: [(String, Node)] {
    var keys: [(String, Node)] = [("name", .text(name)), ("path", .text(path))]
    if let sha256 { keys.append(("sha256", .text(sha256))) }
    if let bytes { keys.append(("bytes", .integer(bytes))) }
    return keys
  }
}

extension DatasetManifest.Entry {
  fileprivate var node: Node {
    var keys = identity
    keys += [
      ("patient", .text(patient)), ("anatomy", .text(anatomy)), ("contrast", .text(contrast)),
    ]
    if let split { keys.append(("split", .text(split))) }
    if let origin { keys.append(("origin", .text(origin.rawValue))) }
    if let simulate { keys.append(("simulate", simulate.node)) }
    return .keys(keys)
  }
}

extension DatasetManifest.Stack {
  fileprivate var node: Node {
    .keys(identity + (images.map { [("images", .integer($0))] } ?? []))
  }
}

extension HeadScanSettings {
  fileprivate var node: Node {
    // By way of its shortest digits: 0.1 as `Float` is another number as `Double`.
    func number(_ value: Float) -> Node { .number(Double("\(value)") ?? Double(value)) }
    return .keys([
      ("rows", .integer(rows)), ("columns", .integer(columns)), ("slices", .integer(slices)),
      ("coils", .integer(coils)), ("contrast", .text(contrast.rawValue)),
      ("snr", number(signalToNoise)), ("seed", .integer(Int(seed))),
      ("field_of_view", number(fieldOfView)), ("position", number(position)),
      ("spacing", number(spacing)), ("thickness", number(thickness)),
    ])
  }
}
