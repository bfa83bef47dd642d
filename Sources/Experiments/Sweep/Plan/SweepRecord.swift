public import Acquisition
public import Evaluation
import Foundation

/// What a sweep was: written to `run.json` when it starts, with nothing in it that depends on the
/// course of the run.
public struct SweepRecord: Sendable, Codable {
  /// The data set, as its manifest describes it.
  public struct Dataset: Sendable, Codable {
    public var name: String
    public var title: String
    public var licence: String
    public var source: String
    /// What a reader of the tables must know, such as how k-space was simulated.
    public var note: String?
  }

  /// One scan that takes part.
  public struct Scan: Sendable, Codable {
    public var name: String
    /// The path that was read.
    public var file: String
    public var sha256: String
    /// `measured` or `simulated`.
    public var data: String
    public var patient: String
    public var anatomy: String
    public var contrast: String
    /// The slices that are evaluated, from 0.
    public var slices: [Int]
    public var coils: Int
    /// Rows and columns of the images.
    public var image: [Int]
    /// What is odd about the scan, a sentence each.
    public var warnings: [String]?
  }

  /// A scan that was to take part and cannot be used.
  public struct LeftOut: Sendable, Codable, Equatable {
    public var name: String
    /// What is wrong with it, as a sentence.
    public var reason: String
  }

  /// One method with all its settings.
  public struct Method: Sendable, Codable {
    /// The label in tables.
    public var label: String
    /// The method's name.
    public var name: String
    public var settings: RecordedValue
    /// The SHA-256 of the weights that it uses, if any.
    public var weights: String?
  }

  /// The sampling of one scan by one mask of the protocol.
  public struct Mask: Sendable, Codable {
    public var scan: String
    public var pattern: String
    public var acceleration: Double
    public var achievedAcceleration: Double
    public var centerFraction: Double
    public var acsLines: Int
    public var seed: String
    /// The columns of k-space.
    public var columnCount: Int
    /// The sampled ones, or points row by row, as hexadecimal digits, four to a digit, the first the most
    /// significant bit.
    public var columns: String
    /// The rows of a mask of points; nil for a mask of columns.
    public var rows: Int?
  }

  public var program = "mri-ilo"
  public var version = ProgramVersion.current
  /// The SHA-256 of the effective protocol with the data set's content in place of its path.
  public var protocolDigest: String
  public var dataset: Dataset
  public var scans: [Scan]
  /// Scans that were left out because they cannot be used; nil if there were none.
  public var leftOut: [LeftOut]?
  public var masks: [Mask]
  public var methods: [Method]
  /// How the coils are compressed for the methods, as text such as `99%`; nil where they get all.
  public var coils: String?
  public var compression: CoilCompression.Kind?
  /// What fills partial Fourier in the images of the measurements by themselves; nil for zeros.
  public var partialFourier: PartialFourierFilling?
  /// Sets of coil maps; nil for one.
  public var mapSets: Int?
  /// The weights file's name and SHA-256.
  public var weights: RunRecord.Weights?
  /// The same of the denoiser's.
  public var denoiser: RunRecord.Weights?
  /// The same of a StyleGAN2's.
  public var styleGAN: RunRecord.Weights?
  /// The same of the decoders', by role.
  public var decoders: [String: RunRecord.Weights]?
  /// What is measured; part of every job's id.
  public struct Evaluation: Sendable, Codable {
    public var reference: ReferenceKind
    public var metrics: [Metric]
    public var regions: [SweepProtocol.Region]
    /// The SHA-256 of the fastMRI+ file.
    public var boxes: String?
  }

  public var evaluation: Evaluation
  /// The formula of each metric by its name, and what the reference is.
  public var definitions: [String: String]
  /// The path of the fastMRI+ file, if boxes are measured.
  public var boxesFile: String?
  public var keepsImages: Bool
  public var slicesPerJob: Int
  /// All jobs of the protocol.
  public var jobs: Int

  /// The compression that is asked for.
  var compressionRequest: CoilCompressionRequest? {
    coils.flatMap { CoilCompressionRequest.Size(text: $0) }.map {
      CoilCompressionRequest(kind: compression ?? .svd, size: $0)
    }
  }

  /// The record as JSON text with sorted keys.
  public var json: String {
    get throws { try RecordJSON.text(self) }
  }
}

/// How records are written: sorted keys in snake case, infinite numbers as words.
enum RecordJSON {
  static func text(_ value: some Encodable, isPretty: Bool = true) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    if isPretty { encoder.outputFormatting.insert(.prettyPrinted) }
    encoder.dateEncodingStrategy = .iso8601
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return String(decoding: try encoder.encode(value), as: UTF8.self) + "\n"
  }

  static func value<Value: Decodable>(_ type: Value.Type, from data: Data) throws -> Value {
    let decoder = JSONDecoder()
    decoder.dateDecodingStrategy = .iso8601
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return try decoder.decode(type, from: data)
  }
}
