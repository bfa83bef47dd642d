import Foundation

/// The weights of a network on disk: one safetensors file whose metadata hold its format and architecture, and
/// whose weights are the effective ones.
public protocol NetworkWeights: Sendable {
  associatedtype Architecture: Codable & Sendable

  /// The layout of the metadata that this program writes and reads.
  static var format: String { get }
  /// What the network is.
  static var title: String { get }
  /// The same in a sentence, with its article.
  static var words: String { get }
  /// Names, shapes and offsets of the parameters.
  static func layout(_ architecture: Architecture) -> ParameterLayout
  /// A sentence if no network has these sizes, else nil.
  static func fault(_ architecture: Architecture) -> String?

  var architecture: Architecture { get set }
  var parameters: [Float] { get set }
  /// Where the weights come from, licence notes: free text by key.
  var notes: [String: String] { get set }

  init(architecture: Architecture, parameters: [Float], notes: [String: String])
}

extension NetworkWeights {
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
          + "not '\(Self.format)'", cure: "import \(Self.words) with 'mri-ilo weights import'")
    }
    let cure = "import the network again with 'mri-ilo weights import'"
    guard
      let text = file.metadata["architecture"]?.data(using: .utf8),
      let architecture = try? JSONDecoder().decode(Architecture.self, from: text)
    else {
      throw WeightsError(file: path, problem: "its metadata name no architecture", cure: cure)
    }
    let notes = file.metadata.filter { $0.key != "architecture" && $0.key != "format" }
    try self.init(file.tensors, architecture: architecture, notes: notes, path: path, cure: cure)
  }

  /// The tensors of a network, by the names of `layout`.
  init(
    _ tensors: [String: TensorFile.Tensor], architecture: Architecture, notes: [String: String],
    path: String, cure: String
  ) throws(WeightsError) {
    if let fault = Self.fault(architecture) {
      throw WeightsError(file: path, problem: fault, cure: cure)
    }
    let parameters = try Self.layout(architecture).parameters(of: tensors, path: path, cure: cure)
    self.init(architecture: architecture, parameters: parameters, notes: notes)
  }

  /// Writes the file in single precision, so that the network's images stay what they were, or in half of it.
  ///
  /// Throws `WeightsError` for values that half precision does not reach.
  public func write(to path: String, half: Bool = false) throws {
    if half, let value = parameters.first(where: { !Float16($0).isFinite }) {
      throw WeightsError(
        file: path, problem: "a weight of \(value) is too large for half precision",
        cure: "keep single precision")
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    var metadata = notes
    metadata["format"] = Self.format
    metadata["architecture"] = String(decoding: try encoder.encode(architecture), as: UTF8.self)
    let layout = Self.layout(architecture)
    var tensors: [String: TensorFile.Tensor] = [:]
    for entry in layout.entries {
      tensors[entry.name] = TensorFile.Tensor(
        shape: entry.shape, values: Array(parameters[entry.range]))
    }
    try TensorFile(tensors: tensors, metadata: metadata).write(
      to: path, names: layout.entries.map(\.name), precision: half ? .half : .single)
  }

  /// What the network draws for black and for white: −1 and 1 unless the notes say otherwise.
  public var imageRange: (low: Float, high: Float) {
    let values = (notes["image_range"] ?? "").split(separator: ",").compactMap { Float($0) }
    guard values.count == 2, values.allSatisfy(\.isFinite), values[0] < values[1] else {
      return (-1, 1)
    }
    return (values[0], values[1])
  }
}
