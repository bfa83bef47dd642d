import Foundation

/// A network's weights on disk: one safetensors file whose metadata hold the architecture, what the
/// network was trained on, the seed and the licence notes.
public struct WeightsFile: Sendable {
  /// The layout of the metadata that this program writes and reads.
  public static let format = "mri-ilo ladder 1"

  public var architecture: LadderArchitecture
  public var parameters: [Float]
  /// Training data, seed, recipe, licence notes, calibration: free text by key.
  public var notes: [String: String]

  public init(architecture: LadderArchitecture, parameters: [Float], notes: [String: String]) {
    self.architecture = architecture
    self.parameters = parameters
    self.notes = notes
  }

  /// Reads and checks a file.
  ///
  /// Throws `WeightsError` if the file is missing, damaged, of another architecture or format, or
  /// holds values that are not finite.
  public init(contentsOf path: String) throws {
    let file = try TensorFile(contentsOf: path)
    guard file.metadata["format"] == Self.format else {
      throw WeightsError(
        file: path,
        problem: "its format is \(file.metadata["format"].map { "'\($0)'" } ?? "not stated"), "
          + "not '\(Self.format)'", cure: "give a file written by 'mri-ilo train'")
    }
    guard
      let text = file.metadata["architecture"]?.data(using: .utf8),
      let architecture = try? JSONDecoder().decode(LadderArchitecture.self, from: text)
    else {
      throw WeightsError(
        file: path, problem: "its metadata name no architecture",
        cure: "give a file written by 'mri-ilo train'")
    }
    if let fault = architecture.fault {
      throw WeightsError(file: path, problem: fault, cure: "give a file written by 'mri-ilo train'")
    }
    let parameters = try LadderSlots(architecture).layout.parameters(
      of: file.tensors, path: path,
      cure: "give a file of the architecture that its metadata state")
    self.architecture = architecture
    self.parameters = parameters
    notes = file.metadata.filter { $0.key != "architecture" && $0.key != "format" }
  }

  /// Writes the file in half precision (the network's results do not change by more than rounding).
  public func write(to path: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    var metadata = notes
    metadata["format"] = Self.format
    metadata["architecture"] = String(
      decoding: try encoder.encode(architecture), as: UTF8.self)
    let layout = LadderSlots(architecture).layout
    var tensors: [String: TensorFile.Tensor] = [:]
    for entry in layout.entries {
      tensors[entry.name] = TensorFile.Tensor(
        shape: entry.shape, values: Array(parameters[entry.range]))
    }
    try TensorFile(tensors: tensors, metadata: metadata).write(
      to: path, names: layout.entries.map(\.name), precision: .half)
  }

  /// The l1 radius of each level, per deviation, that training calibrated on held-out images; empty
  /// when the file states none, or not one finite radius for each level.
  public var deviationRadii: [Double] {
    get {
      let values = (notes[Self.radiiKey] ?? "").split(separator: ",").compactMap { Double($0) }
      let usable =
        values.count == architecture.levels && values.allSatisfy { $0 > 0 && $0.isFinite }
      return usable ? values : []
    }
    set { notes[Self.radiiKey] = newValue.map { String($0) }.joined(separator: ",") }
  }

  static let radiiKey = "deviation_radii"

  /// The network that the file describes.
  public var network: LadderNetwork {
    LadderNetwork(architecture: architecture, parameters: parameters)
  }

  /// The parameters in the layout of an architecture that differs in nothing but further channels of
  /// the image, whose weights are 0.
  ///
  /// Throws `WeightsError` if it differs in more.
  package func parameters(extendedTo other: LadderArchitecture) throws -> [Float] {
    let (from, to) = (LadderSlots(architecture).layout, LadderSlots(other).layout)
    guard from.entries.map(\.name) == to.entries.map(\.name) else {
      throw WeightsError(
        file: "to start from",
        problem: "they have \(architecture.levels) levels, not \(other.levels)",
        cure: "give weights of the recipe's architecture")
    }
    var result = [Float](repeating: 0, count: to.count)
    for (old, new) in zip(from.entries, to.entries) {
      guard old.shape.count == new.shape.count, zip(old.shape, new.shape).allSatisfy({ $0 <= $1 }),
        old.shape == new.shape
          || ["decoder.output", "encoder.input"].contains(where: old.name.hasPrefix)
      else {
        throw WeightsError(
          file: "to start from",
          problem: "tensor \(old.name) is \(old.shape), not \(new.shape)",
          cure: "give weights of the recipe's architecture")
      }
      let run = old.shape.dropFirst(2).reduce(1, *)
      let (oldInputs, newInputs) =
        old.shape.count > 1 ? (old.shape[1], new.shape[1]) : (1, 1)
      for output in 0..<old.shape[0] {
        let (a, b) = (output * oldInputs * run, output * newInputs * run)
        for i in 0..<oldInputs * run {
          result[new.offset + b + i] = parameters[old.offset + a + i]
        }
      }
    }
    return result
  }
}
