import Foundation
public import Generators

/// What a StyleGAN2's weights file says about itself.
public struct StyleGANInspection: Sendable, Codable {
  public var file: String
  /// The size of the file in bytes.
  public var bytes: Int
  public var sha256: String
  public var architecture: StyleGANArchitecture
  public var parameters: Int
  /// What is drawn for black and for white.
  public var imageRange: [Float]
  /// Origin and licence, by name.
  public var notes: [String: String]
  public var tensors: [WeightsInspection.Tensor]

  /// Reads and checks a file; throws `WeightsError` if it is damaged or foreign.
  public init(path: String) throws {
    let weights = try StyleGANWeights(contentsOf: path)
    let size = try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int
    file = path
    bytes = size ?? 0
    sha256 = try FileDigest.sha256(ofFile: path)
    architecture = weights.architecture
    parameters = weights.parameters.count
    imageRange = [weights.imageRange.low, weights.imageRange.high]
    notes = weights.notes
    tensors = weights.generator.layout.entries.map {
      WeightsInspection.Tensor(name: $0.name, shape: $0.shape)
    }
  }

  /// The lines for a reader, without the tensors.
  public var lines: [(name: String, value: String)] {
    func list(_ values: [Int]) -> String { values.map(String.init).joined(separator: ", ") }
    let sizes = architecture
    let output =
      switch sizes.output {
      case .skip: "every level adds to the image"
      case .residual: "residual, the last level gives the image"
      case .plain: "the last level gives the image"
      }
    return [
      ("layout", "StyleGAN2 weights (\(StyleGANWeights.format))"),
      ("images", "\(sizes.rows) × \(sizes.columns), channels: \(sizes.imageChannels)"),
      ("black, white", imageRange.map { "\($0)" }.joined(separator: ", ")),
      ("levels", "\(sizes.levels), coarse to fine; \(output)"),
      ("constant", "\(sizes.constantRows) × \(sizes.constantColumns)"),
      ("feature channels", list(sizes.widths)),
      ("latent, style", "\(sizes.latentSize), \(sizes.styleSize)"),
      ("mapping", "\(sizes.mappingWidths.count + 1) layers"),
      ("clamp", sizes.clamp.map { "\($0)" } ?? "none"),
      ("parameters", String(parameters)), ("bytes", String(bytes)), ("sha256", sha256),
    ]
      + notes.sorted { $0.key < $1.key }.map { ($0.key.replacing("_", with: " "), $0.value) }
  }

  /// A line per tensor: its name, and its shape.
  public var tensorLines: [(name: String, value: String)] {
    tensors.map {
      ($0.name, $0.shape.isEmpty ? "1" : $0.shape.map(String.init).joined(separator: " × "))
    }
  }
}
