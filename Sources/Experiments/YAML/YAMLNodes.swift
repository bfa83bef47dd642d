import Yams

/// Nodes of the YAML that this program writes, such that reading gives the same values again.
extension Node {
  static func text(_ text: String) -> Node {
    // Quoted where plain text would be read as a number, a flag or nothing.
    let isPlain =
      Resolver.default.resolveTag(of: Node(text)) == Tag.Name.str && !text.isEmpty
      && !text.contains("\n")
    return Node(text, Tag(.str), isPlain ? .any : .doubleQuoted)
  }

  static func integer(_ value: Int) -> Node { Node(String(value), Tag(.int)) }

  static func number(_ value: Double) -> Node {
    value == value.rounded() && abs(value) < 1e15
      ? .integer(Int(value)) : Node("\(value)", Tag(.float))
  }

  static func list(_ items: [Node]) -> Node {
    let isShort = items.allSatisfy { $0.scalar != nil }
    return .sequence(Sequence(items, Tag(.seq), isShort ? .flow : .block))
  }

  static func keys(_ pairs: [(String, Node)]) -> Node {
    .mapping(Mapping(pairs.map { (Node($0.0), $0.1) }, Tag(.map), pairs.isEmpty ? .flow : .block))
  }
}

extension RecordedValue {
  var node: Node {
    switch self {
    case .flag(let flag): Node(flag ? "true" : "false", Tag(.bool))
    case .number(let number): .number(number)
    case .text(let text): .text(text)
    case .list(let list): .list(list.map(\.node))
    case .object(let object):
      .keys(object.sorted { $0.key < $1.key }.map { ($0.key, $0.value.node) })
    }
  }
}
