import Foundation

/// The weights of a StyleGAN2 generator on disk: one safetensors file whose metadata hold the
/// architecture, and whose weights are the effective ones.
public struct StyleGANWeights: Sendable {
  /// The layout of the metadata that this program writes and reads.
  public static let format = "mri-ilo stylegan2 1"

  public var architecture: StyleGANArchitecture
  public var parameters: [Float]
  /// Where the weights come from, licence notes: free text by key.
  public var notes: [String: String]

  public init(architecture: StyleGANArchitecture, parameters: [Float], notes: [String: String]) {
    (self.architecture, self.parameters, self.notes) = (architecture, parameters, notes)
  }

  /// Whether a file says that it is one of these; false for what cannot be read.
  public static func isStated(in path: String) -> Bool {
    (try? TensorFile(contentsOf: path).metadata["format"]) == format
  }

  /// Reads and checks a file.
  ///
  /// Throws `WeightsError` if the file is missing, damaged, of another format, or holds values that are not
  /// finite.
  public init(contentsOf path: String) throws {
    let file = try TensorFile(contentsOf: path)
    guard file.metadata["format"] == Self.format else {
      throw WeightsError(
        file: path,
        problem: "its format is \(file.metadata["format"].map { "'\($0)'" } ?? "not stated"), "
          + "not '\(Self.format)'", cure: "import a StyleGAN2 with 'mri-ilo weights import'")
    }
    let cure = "import the network again with 'mri-ilo weights import'"
    guard
      let text = file.metadata["architecture"]?.data(using: .utf8),
      let architecture = try? JSONDecoder().decode(StyleGANArchitecture.self, from: text)
    else {
      throw WeightsError(file: path, problem: "its metadata name no architecture", cure: cure)
    }
    let notes = file.metadata.filter { $0.key != "architecture" && $0.key != "format" }
    try self.init(file.tensors, architecture: architecture, notes: notes, path: path, cure: cure)
  }

  /// The tensors of a network, by the names of `StyleGANSlots`.
  init(
    _ tensors: [String: TensorFile.Tensor], architecture: StyleGANArchitecture,
    notes: [String: String], path: String, cure: String
  ) throws(WeightsError) {
    if let fault = architecture.fault {
      throw WeightsError(file: path, problem: fault, cure: cure)
    }
    parameters = try StyleGANSlots(architecture).layout.parameters(
      of: tensors, path: path, cure: cure)
    self.architecture = architecture
    self.notes = notes
  }

  /// Writes the file in single precision: the network's images stay what they were.
  public func write(to path: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    var metadata = notes
    metadata["format"] = Self.format
    metadata["architecture"] = String(decoding: try encoder.encode(architecture), as: UTF8.self)
    let layout = StyleGANSlots(architecture).layout
    var tensors: [String: TensorFile.Tensor] = [:]
    for entry in layout.entries {
      tensors[entry.name] = TensorFile.Tensor(
        shape: entry.shape, values: Array(parameters[entry.range]))
    }
    try TensorFile(tensors: tensors, metadata: metadata).write(
      to: path, names: layout.entries.map(\.name), precision: .single)
  }

  /// What the generator draws for black and for white: −1 and 1 unless the notes say otherwise.
  public var imageRange: (low: Float, high: Float) {
    let values = (notes[Self.rangeKey] ?? "").split(separator: ",").compactMap { Float($0) }
    guard values.count == 2, values.allSatisfy(\.isFinite), values[0] < values[1] else {
      return (-1, 1)
    }
    return (values[0], values[1])
  }

  static let rangeKey = "image_range"

  /// The generator that the file describes.
  public var generator: StyleGANGenerator {
    StyleGANGenerator(architecture: architecture, parameters: parameters)
  }
}
