import Acquisition
import Evaluation
import Foundation
import Yams

extension SweepProtocol {
  /// The effective protocol as YAML: every key with its value, defaults included.
  public var text: String {
    get throws { try Yams.serialize(node: node(dataset: dataset), sortKeys: false) }
  }

  /// What identifies the experiment: the effective protocol with the data set's content, given as
  /// its digest, in place of its path.
  func digest(dataset: String) throws -> String {
    var content = self
    content.boxes = try boxes.map { try FileDigest.sha256(ofFile: $0) }
    return FileDigest.sha256(
      of: try Yams.serialize(node: content.node(dataset: dataset), sortKeys: false))
  }

  private func node(dataset: String) -> Node {
    var keys: [(String, Node)] = [
      ("version", .integer(Self.version)), ("name", .text(name)), ("title", .text(title)),
      ("description", .text(description)), ("dataset", .text(dataset)), ("scans", scans.node),
      ("slices", slices.node), ("slices_per_job", .integer(slicesPerJob)),
      ("masks", .list(masks.map(\.node))), ("methods", .list(methods.map(\.node))),
    ]
    if let compression {
      keys.append(("coils", .text(compression.size.text)))
      keys.append(("compression", .text(compression.kind.rawValue)))
    }
    // Not where they are the defaults, which older protocols did not state: their digests stay.
    if filling != .zero { keys.append(("partial_fourier", .text(filling.rawValue))) }
    if mapSets != 1 { keys.append(("map_sets", .integer(mapSets))) }
    keys += [
      ("reference", .text(reference.rawValue)),
      ("metrics", .list(metrics.map { .text($0.rawValue) })),
      ("regions", .list(regions.map { .text($0.rawValue) })),
    ]
    if let boxes { keys.append(("boxes", .text(boxes))) }
    keys.append(("images", .text(images.rawValue)))
    keys.append(("statistics", statistics.node))
    return .keys(keys)
  }
}

extension SweepProtocol.ScanChoice {
  fileprivate var node: Node {
    if let names { return .list(names.map(Node.text)) }
    let filters = [("split", split), ("anatomy", anatomy), ("contrast", contrast)]
      .compactMap { key, value in value.map { (key, Node.text($0)) } }
    return filters.isEmpty ? .text("all") : .keys(filters)
  }
}

extension SweepProtocol.SliceChoice {
  fileprivate var node: Node {
    switch self {
    case .all: .text("all")
    case .list(let text): .text(text)
    case .central(let count): .keys([("central", .integer(count))])
    }
  }
}

extension SweepProtocol.MaskSeries {
  fileprivate var node: Node {
    .keys([
      ("pattern", .text(pattern.rawValue)),
      ("accelerations", .list(accelerations.map(Node.number))),
      ("center_fraction", centerFraction.map(Node.number) ?? .text("customary")),
      ("seeds", .list(seeds.map { $0.map { .integer(Int($0)) } ?? .text("file_name") })),
    ])
  }
}

extension SweepProtocol.MethodEntry {
  fileprivate var node: Node {
    .keys([("name", .text(name)), ("label", .text(label)), ("settings", settings.node)])
  }
}

extension SweepProtocol.Statistics {
  fileprivate var node: Node {
    let baseline = self.baseline.map { [("baseline", Node.text($0))] } ?? []
    return .keys(
      baseline + [
        ("confidence", .number(confidence)), ("resamples", .integer(resamples)),
        ("seed", .integer(Int(seed))),
      ])
  }
}
