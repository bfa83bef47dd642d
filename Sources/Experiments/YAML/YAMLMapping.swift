import Foundation
import ScanFiles
import Yams

/// A mapping of a YAML file that must be read to its last key.
///
/// Each key is taken once; `finish()` refuses those that nobody asked for. All errors are
/// `ExperimentError`s that name file, line and key.
struct YAMLMapping {
  /// The file's name, for errors.
  let file: String
  /// Where the mapping stands in the file, such as `masks[2]`; empty at the top.
  let path: String
  private let line: Int
  private var entries: [(key: String, line: Int, value: Node)]
  private var asked: [String] = []

  /// The text of the file at `path`, which should be a `kind`.
  static func text(of path: String, kind: String) throws(ExperimentError) -> String {
    do {
      return try String(contentsOfFile: path, encoding: .utf8)
    } catch {
      throw ExperimentError("\(path): there is no \(kind) that can be read; check the path")
    }
  }

  /// Takes the key `version` and throws if it is not the `expected` one.
  ///
  /// To be called first: what follows may mean something else in another version.
  mutating func requireVersion(_ expected: Int) throws(ExperimentError) {
    let version = try required("version")
    guard try version.integer(0...Int.max) == expected else {
      throw version.fault("is not \(expected), the version that this program reads")
    }
  }

  /// Reads the top mapping of a YAML text.
  init(text: String, file: String) throws(ExperimentError) {
    let node: Node?
    do {
      node = try Yams.compose(yaml: text)
    } catch {
      throw ExperimentError(yamlProblem(error, file: file))
    }
    guard let node else { throw ExperimentError("\(file): the file is empty") }
    self = try YAMLValue(node: node, file: file, path: "").mapping()
  }

  init(file: String, path: String, line: Int, mapping: Node.Mapping) throws(ExperimentError) {
    (self.file, self.path, self.line) = (file, path, line)
    var entries: [(key: String, line: Int, value: Node)] = []
    for (key, value) in mapping {
      let keyLine = key.mark?.line ?? line
      guard let name = key.string else {
        throw ExperimentError("\(file):\(keyLine): a key must be a word")
      }
      entries.append((name, keyLine, value))
    }
    self.entries = entries
  }

  /// The keys that stand in the file, in its order.
  var keys: [String] { entries.map(\.key) }

  /// The value of `key`, or nil if it is not there or null.
  mutating func optional(_ key: String) -> YAMLValue? {
    asked.append(key)
    guard let index = entries.firstIndex(where: { $0.key == key }) else { return nil }
    let value = entries.remove(at: index).value
    return value.isNull ? nil : YAMLValue(node: value, file: file, path: place(key))
  }

  /// The value of `key`, which must be there.
  mutating func required(_ key: String) throws(ExperimentError) -> YAMLValue {
    if let value = optional(key) { return value }
    throw ExperimentError(
      "\(file):\(line): \(path.isEmpty ? "the file" : "'\(path)'") lacks the key '\(key)'")
  }

  /// Throws for a key that nobody asked for.
  func finish() throws(ExperimentError) {
    guard let unknown = entries.first else { return }
    let known = Set(asked).sorted().joined(separator: ", ")
    throw ExperimentError(
      "\(file):\(unknown.line): unknown key '\(place(unknown.key))'; "
        + (known.isEmpty ? "there is nothing to set here" : "known are \(known)"))
  }

  private func place(_ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }
}

/// A value of a YAML file that knows where it stands.
struct YAMLValue {
  let node: Node
  let file: String
  let path: String

  /// The line of the value, from 1.
  var line: Int { node.mark?.line ?? 1 }

  /// An error about this value.
  func fault(_ text: String) -> ExperimentError {
    ExperimentError("\(file):\(line): \(printable((path.isEmpty ? "" : "'\(path)' ") + text))")
  }

  func mapping() throws(ExperimentError) -> YAMLMapping {
    guard case .mapping(let mapping) = node else { throw fault("must be a mapping of keys") }
    return try YAMLMapping(file: file, path: path, line: line, mapping: mapping)
  }

  func list() throws(ExperimentError) -> [YAMLValue] {
    guard case .sequence(let sequence) = node else { throw fault("must be a list") }
    return sequence.enumerated().map { index, node in
      YAMLValue(node: node, file: file, path: "\(path)[\(index + 1)]")
    }
  }

  /// A list that must hold something.
  func filledList() throws(ExperimentError) -> [YAMLValue] {
    let list = try self.list()
    if list.isEmpty { throw fault("must not be empty") }
    return list
  }

  func text() throws(ExperimentError) -> String {
    guard case .scalar(let scalar) = node else { throw fault("must be text") }
    return scalar.string
  }

  func number() throws(ExperimentError) -> Double {
    guard case .scalar(let scalar) = node, let value = Double.construct(from: scalar),
      value.isFinite
    else { throw fault("must be a number") }
    return value
  }

  func integer(_ range: ClosedRange<Int>) throws(ExperimentError) -> Int {
    guard case .scalar(let scalar) = node, let value = Int.construct(from: scalar),
      range.contains(value)
    else {
      throw fault(
        range.upperBound == .max
          ? "must be a whole number of at least \(range.lowerBound)"
          : "must be a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return value
  }

  func flag() throws(ExperimentError) -> Bool {
    guard case .scalar(let scalar) = node, let value = Bool.construct(from: scalar) else {
      throw fault("must be true or false")
    }
    return value
  }

  /// A word out of the cases of an enumeration.
  func choice<Choice: RawRepresentable & CaseIterable>(
    _ type: Choice.Type = Choice.self
  ) throws(ExperimentError) -> Choice where Choice.RawValue == String {
    guard let choice = Choice(rawValue: try text()) else {
      let known = Choice.allCases.map(\.rawValue).joined(separator: ", ")
      throw fault("is '\(try text())'; choose from \(known)")
    }
    return choice
  }

  /// Whether the value is this word.
  func isWord(_ word: String) -> Bool { node.scalar?.string == word }

  /// Whether the value is a mapping.
  var isMapping: Bool { node.mapping != nil }

  /// Whether the value is a list.
  var isList: Bool { node.sequence != nil }
}

extension Node {
  fileprivate var isNull: Bool {
    guard case .scalar(let scalar) = self, scalar.style == .plain else { return false }
    return ["", "null", "~"].contains(scalar.string)
  }
}

/// One sentence of what is wrong with a text that is no YAML.
private func yamlProblem(_ error: any Error, file: String) -> String {
  guard let error = error as? YamlError else { return "\(file): is no YAML text (\(error))" }
  switch error {
  case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
    .composer(_, let problem, let mark, _):
    return "\(file):\(mark.line): is no YAML here: \(problem)"
  case .duplicatedKeysInMapping(let duplicates, let context):
    let names = duplicates.map { "'\($0)'" }.sorted().joined(separator: ", ")
    return "\(file):\(context.mark.line): the key \(names) stands here twice"
  default:
    return "\(file): is no YAML text"
  }
}
