public import Generators

/// What a generator's weights file says about itself.
public struct WeightsInspection: Sendable, Codable {
  public var file: String
  public var sha256: String
  public var architecture: LadderArchitecture
  public var parameters: Int
  /// The l1 radius of each level; empty if it was never calibrated.
  public var deviationRadii: [Double]
  /// Training data, seed, recipe and licence, by name.
  public var notes: [String: String]

  /// Reads and checks a file; throws `WeightsError` if it is damaged or foreign.
  public init(path: String) throws {
    let weights = try WeightsFile(contentsOf: path)
    file = path
    sha256 = try FileDigest.sha256(ofFile: path)
    architecture = weights.architecture
    parameters = weights.parameters.count
    deviationRadii = weights.deviationRadii
    notes = weights.notes
  }

  /// The lines for a reader.
  public var lines: [(name: String, value: String)] {
    func list(_ values: [Int]) -> String { values.map(String.init).joined(separator: ", ") }
    let lines = [
      ("layout", "generator weights (\(WeightsFile.format))"),
      ("levels", "\(architecture.levels), coarse to fine"),
      ("feature channels", list(architecture.widths)),
      ("latent channels", list(architecture.latents)),
      ("encoder channels", list(architecture.encoderWidths) + " (fine to coarse)"),
      ("parameters", String(parameters)), ("sha256", sha256),
    ]
    return lines
      + notes.sorted { $0.key < $1.key }.map {
        ($0.key.replacing("_", with: " "), $0.value)
      }
  }
}
