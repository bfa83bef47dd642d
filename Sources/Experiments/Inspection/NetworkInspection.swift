import Foundation
import Generators

/// What the weights file of a StyleGAN2 or of a decoder says about itself.
public struct NetworkInspection: Sendable, Encodable {
  public var file: String
  /// What it is: `StyleGAN2` or `Decoder`.
  public var kind: String
  /// Rows and columns of the images.
  public var images: [Int]
  /// The channels of the levels or of the maps, coarse to fine.
  public var widths: [Int]
  /// The size of the file in bytes.
  public var bytes: Int
  public var sha256: String
  public var architecture: RecordedValue
  public var parameters: Int
  /// What is drawn for black and for white.
  public var imageRange: [Float]
  /// Origin and licence, by name.
  public var notes: [String: String]
  public var tensors: [WeightsInspection.Tensor]
  private let sizes: [(name: String, value: String)]

  private enum CodingKeys: CodingKey {
    case file, kind, images, widths, bytes, sha256, architecture, parameters, imageRange, notes,
      tensors
  }

  /// Reads and checks a file; nil if it states to be none of these.
  ///
  /// Throws `WeightsError` if it is damaged.
  public init?(statedIn path: String) throws {
    if StyleGANWeights.isStated(in: path) {
      let weights = try StyleGANWeights(contentsOf: path)
      let sizes = weights.architecture
      try self.init(path, weights, sizes.lines)
      (images, widths) = ([sizes.rows, sizes.columns], sizes.widths)
    } else if DecoderWeights.isStated(in: path) {
      let weights = try DecoderWeights(contentsOf: path)
      let sizes = weights.architecture
      try self.init(path, weights, sizes.lines)
      (images, widths) = ([sizes.rows, sizes.columns], sizes.widths)
    } else {
      return nil
    }
  }

  private init<Weights: NetworkWeights>(
    _ path: String, _ weights: Weights, _ sizes: [(name: String, value: String)]
  ) throws {
    let size = try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int
    file = path
    (kind, images, widths) = (Weights.title, [], [])
    bytes = size ?? 0
    sha256 = try FileDigest.sha256(ofFile: path)
    architecture = try RecordedValue(weights.architecture)
    parameters = weights.parameters.count
    imageRange = [weights.imageRange.low, weights.imageRange.high]
    notes = weights.notes
    tensors = Weights.layout(weights.architecture).entries.map {
      WeightsInspection.Tensor(name: $0.name, shape: $0.shape)
    }
    self.sizes = [("layout", "\(Weights.title) weights (\(Weights.format))")] + sizes
  }

  /// The lines for a reader, without the tensors.
  public var lines: [(name: String, value: String)] {
    sizes + [
      ("black, white", imageRange.map { "\($0)" }.joined(separator: ", ")),
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

private func list(_ values: [Int]) -> String {
  values.isEmpty ? "none" : values.map(String.init).joined(separator: ", ")
}

extension StyleGANArchitecture {
  fileprivate var lines: [(name: String, value: String)] {
    let output =
      switch output {
      case .skip: "every level adds to the image"
      case .residual: "residual, the last level gives the image"
      case .plain: "the last level gives the image"
      }
    return [
      ("images", "\(rows) × \(columns), channels: \(imageChannels)"),
      ("levels", "\(levels), coarse to fine; \(output)"),
      ("constant", "\(constantRows) × \(constantColumns)"), ("feature channels", list(widths)),
      ("latent, style", "\(latentSize), \(styleSize)"),
      ("mapping", "\(mappingWidths.count + 1) layers"),
      ("clamp", clamp.map { "\($0)" } ?? "none"),
    ]
  }
}

extension DecoderArchitecture {
  fileprivate var lines: [(name: String, value: String)] {
    [
      ("images", "\(rows) × \(columns), grey"),
      ("latent", String(latentSize)), ("hidden dense layers", list(denseWidths)),
      ("first maps", "\(widths[0]) of \(startRows) × \(startColumns)"),
      ("after each transposed convolution", list(Array(widths.dropFirst()))),
      ("activations", activations),
    ]
  }
}
