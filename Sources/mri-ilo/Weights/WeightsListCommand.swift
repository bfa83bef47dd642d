import ArgumentParser
import Evaluation
import Experiments
import Generators

/// `mri-ilo weights list`: the weights that the program finds.
struct WeightsListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List the weights that the program finds.",
    discussion: """
      Looks where the environment variable \(WeightsLocation.variable) points, then in the folder \
      of weights that comes with the program. The star marks what recon uses without --weights.
      """)

  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    let catalogue = WeightsCatalogue()
    let files = catalogue.files
    guard !files.isEmpty else {
      throw ExperimentError(
        "there are no generator weights in \(catalogue.folders.joined(separator: " or ")); train "
          + "some with 'mri-ilo train', or name a file with \(WeightsLocation.variable)")
    }
    let all = try files.map { try Listed($0) }
    if json {
      print(try JSONText.of(all))
      return
    }
    let standard = try? WeightsLocation(option: nil).path()
    var table = TextTable([
      ("name", .left), ("MB", .right), ("images", .left), ("widths", .left), ("parameters", .right),
      ("steps", .left), ("radii", .left), ("familiarity", .left),
    ])
    for listed in all {
      let name =
        listed.file.split(separator: "/").last.map(String.init) ?? listed.file
      guard case .ladder(let weights) = listed else {
        if case .other(let network) = listed {
          table.append([
            name, (Double(network.bytes) / 1e6).text(digits: 1),
            "\(network.kind), " + network.images.map(String.init).joined(separator: " × "),
            network.widths.map(String.init).joined(separator: " "), String(network.parameters),
            network.notes["step"] ?? "not stated", "", "",
          ])
        }
        continue
      }
      table.append([
        name + (weights.file == standard ? " *" : ""),
        (Double(weights.bytes) / 1e6).text(digits: 1), weights.imageKind,
        weights.architecture.widths.map(String.init).joined(separator: " "),
        String(weights.parameters), weights.steps ?? "not stated",
        weights.deviationRadii.isEmpty ? "missing" : "calibrated",
        weights.familiarity == nil ? "missing" : "calibrated",
      ])
    }
    print(table.text)
    for listed in all {
      print("\n\(listed.file)")
      print("  saw: \(listed.notes["training_data"] ?? "not stated")")
    }
  }

  /// What a file says of itself.
  private enum Listed: Encodable {
    case ladder(WeightsInspection)
    case other(NetworkInspection)

    init(_ path: String) throws {
      if let network = try NetworkInspection(statedIn: path) {
        self = .other(network)
      } else {
        self = .ladder(try WeightsInspection(path: path))
      }
    }

    var file: String {
      switch self {
      case .ladder(let weights): weights.file
      case .other(let network): network.file
      }
    }

    var notes: [String: String] {
      switch self {
      case .ladder(let weights): weights.notes
      case .other(let network): network.notes
      }
    }

    func encode(to encoder: any Encoder) throws {
      switch self {
      case .ladder(let weights): try weights.encode(to: encoder)
      case .other(let network): try network.encode(to: encoder)
      }
    }
  }
}
