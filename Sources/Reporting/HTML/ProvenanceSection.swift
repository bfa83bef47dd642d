import Evaluation
import Experiments
import Foundation

/// Where everything comes from: program, protocol, data, weights, settings, definitions.
struct ProvenanceSection {
  struct Item {
    let name, value: String
  }

  struct Scan {
    let name, patient, kind, size, sha256: String
  }

  struct Method {
    let label, name: String
    let settings: [Item]
    let hasSettings: Bool
  }

  let facts: [Item]
  let scans: [Scan]
  let methods: [Method]
  let definitions: [Item]
  let analysis: [String]
  let protocolText: String

  init(_ content: ReportContent) {
    let (record, statements) = (content.record, TableStatements(content.tables))
    var facts = [
      Item(name: "Program", value: "\(record.program) \(record.version)"),
      Item(name: "Protocol", value: "SHA-256 \(record.protocolDigest)"),
      Item(name: "Data set", value: "\(record.dataset.title) (\(record.dataset.name))"),
      Item(name: "Licence of the data", value: record.dataset.licence),
      Item(name: "Source of the data", value: record.dataset.source),
    ]
    if let note = record.dataset.note { facts.append(Item(name: "Note on the data", value: note)) }
    for (name, network) in [
      ("Generator's weights", record.weights), ("Denoiser's weights", record.denoiser),
      ("StyleGAN2's weights", record.styleGAN), ("DCGAN's weights", record.decoders?["dcgan"]),
      ("VAE's weights", record.decoders?["vae"]),
    ] {
      guard let network else { continue }
      let file = network.file.split(separator: "/").last.map(String.init) ?? network.file
      facts.append(Item(name: name, value: "\(file), SHA-256 \(network.sha256)"))
    }
    if let boxes = record.evaluation.boxes {
      facts.append(Item(name: "Marked boxes", value: "SHA-256 \(boxes)"))
    }
    self.facts = facts
    scans = record.scans.map { scan in
      Scan(
        name: scan.name, patient: scan.patient,
        kind: "\(scan.anatomy) \(scan.contrast), \(scan.data)",
        size: "\(FigureText.count(scan.slices.count, "slice")), "
          + "\(FigureText.count(scan.coils, "coil")), "
          + scan.image.map(String.init).joined(separator: "×"),
        sha256: scan.sha256)
    }
    methods = record.methods.map { method in
      let settings = Self.items(method.settings)
      return Method(
        label: method.label, name: method.name, settings: settings, hasSettings: !settings.isEmpty)
    }
    definitions =
      [Item(name: "Reference", value: statements.reference)]
      + content.tables.metrics.map { metric in
        Item(
          name: metric.title,
          value: Self.withoutName(
            record.definitions[metric.rawValue] ?? metric.definition, metric.title))
      }
    analysis = ([statements.analysis] + [statements.comparison].compactMap { $0 }).map { $0 + "." }
    protocolText = content.protocolText
  }

  /// `text` without the metric's name in front, which stands beside it already.
  private static func withoutName(_ text: String, _ name: String) -> String {
    text.hasPrefix("\(name): ") ? String(text.dropFirst(name.count + 2)) : text
  }

  private static func items(_ settings: RecordedValue) -> [Item] {
    guard case .object(let fields) = settings else { return [] }
    return fields.sorted { $0.key < $1.key }.map { Item(name: $0.key, value: text($0.value)) }
  }

  private static func text(_ value: RecordedValue) -> String {
    switch value {
    case .flag(let flag): return flag ? "yes" : "no"
    case .number(let number): return PrintedNumber.short(number)
    case .text(let text): return text
    case .list(let values): return values.map(text).joined(separator: "; ")
    case .object(let fields):
      return fields.sorted { $0.key < $1.key }.map {
        "\($0.key.replacingOccurrences(of: "_", with: " ")) \(text($0.value))"
      }.joined(separator: ", ")
    }
  }
}
