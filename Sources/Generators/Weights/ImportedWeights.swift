import Foundation

/// A network's weights from a safetensors file that another program wrote, such as PyTorch.
///
/// The names are those of `WeightsFile`, after a prefix that all may share, as PyTorch's wrappers put
/// before them (`module.`, `_orig_mod.`). Types may be F32, F16 or BF16. The architecture is the one
/// that the metadata state under `architecture`, or else follows from the tensors' shapes.
public struct ImportedWeights: Sendable {
  /// The weights, with the file's metadata as notes.
  public let weights: WeightsFile
  /// Whether the metadata state the architecture.
  public let statesArchitecture: Bool

  /// The largest number that half precision, in which weights are kept, can hold.
  private static let largest: Float = 65504

  /// Reads and checks a file; throws `WeightsError` that names the tensor that is missing, foreign, of
  /// another shape, or holds a value that is not finite or too large.
  public init(contentsOf path: String) throws {
    let file = try TensorFile(contentsOf: path)
    let tensors = try Self.unprefixed(file.tensors, path: path)
    let stated = try Self.statedArchitecture(file.metadata, path: path)
    let architecture = try stated ?? Self.architecture(of: tensors, path: path)
    if let fault = architecture.fault {
      throw WeightsError(file: path, problem: fault, cure: "export a network that mri-ilo knows")
    }
    let layout = LadderSlots(architecture).layout
    let parameters = try layout.parameters(
      of: tensors, path: path,
      cure: stated == nil
        ? "export the state of a ladder network and nothing else"
        : "export the architecture that its metadata state")
    if let large = layout.entries.first(where: { entry in
      parameters[entry.range].contains { abs($0) > Self.largest }
    }) {
      throw WeightsError(
        file: path, problem: "tensor \(large.name) holds values beyond \(Self.largest)",
        cure: "train with smaller weights; they are kept in half precision")
    }
    // 'format' states the layout of the metadata, or that PyTorch wrote the file.
    let notes = file.metadata.filter { !["architecture", "format"].contains($0.key) }
    weights = WeightsFile(architecture: architecture, parameters: parameters, notes: notes)
    statesArchitecture = stated != nil
    if let radii = notes[WeightsFile.radiiKey], weights.deviationRadii.isEmpty {
      throw WeightsError(
        file: path,
        problem: "its deviation radii '\(radii)' are not one positive number for each of the "
          + "\(architecture.levels) levels", cure: "correct them or leave them out")
    }
  }

  /// The tensors without the prefix that stands before `decoder.root`.
  private static func unprefixed(
    _ tensors: [String: TensorFile.Tensor], path: String
  ) throws(WeightsError) -> [String: TensorFile.Tensor] {
    let root = "decoder.root"
    let roots = tensors.keys.filter { $0 == root || $0.hasSuffix("." + root) }.sorted()
    guard let first = roots.first else {
      throw WeightsError(
        file: path, problem: "it holds no tensor \(root), so it is no ladder network",
        cure: "export the network of protocols/training/pytorch")
    }
    guard roots.count == 1 else {
      throw WeightsError(
        file: path, problem: "it holds several networks: \(roots.joined(separator: ", "))",
        cure: "export one of them alone")
    }
    let prefix = String(first.dropLast(root.count))
    // A name without the prefix stays as it is, and is then refused as foreign.
    return Dictionary(
      tensors.map {
        ($0.key.hasPrefix(prefix) ? String($0.key.dropFirst(prefix.count)) : $0.key, $0.value)
      },
      uniquingKeysWith: { first, _ in first })
  }

  private static func statedArchitecture(
    _ metadata: [String: String], path: String
  ) throws(WeightsError) -> LadderArchitecture? {
    guard let text = metadata["architecture"] else { return nil }
    guard
      let architecture = try? JSONDecoder().decode(LadderArchitecture.self, from: Data(text.utf8))
    else {
      throw WeightsError(
        file: path, problem: "its metadata state the architecture '\(text)', which is none",
        cure: "state widths, latents and encoderWidths as JSON, or leave it out")
    }
    return architecture
  }

  /// The architecture whose tensors have these shapes.
  private static func architecture(
    of tensors: [String: TensorFile.Tensor], path: String
  ) throws(WeightsError) -> LadderArchitecture {
    /// Outputs and inputs of a convolution.
    func sizes(_ name: String) throws(WeightsError) -> (outputs: Int, inputs: Int) {
      guard let shape = tensors[name]?.shape, shape.count == 4 else {
        throw WeightsError(
          file: path,
          problem: "tensor \(name) should have four axes, and "
            + (tensors[name].map { "is \($0.shape)" } ?? "is missing"),
          cure: "export the whole state of a ladder network")
      }
      return (shape[0], shape[1])
    }
    let latent = { (level: Int) in "decoder.level\(level).latent.weight" }
    // The finest level that is there; one that is missing before it is then named.
    let finest = (0..<tensors.count).last { tensors[latent($0)] != nil } ?? 0
    var architecture = LadderArchitecture(widths: [], latents: [], encoderWidths: [])
    for level in 0...finest {
      let (width, latents) = try sizes(latent(level))
      architecture.widths.append(width)
      architecture.latents.append(latents)
      architecture.encoderWidths.append(try sizes("encoder.block\(level).first.weight").outputs)
    }
    architecture.imageChannels = try sizes("decoder.output.weight").outputs
    architecture.encoderChannels = try sizes("encoder.input.weight").inputs
    return architecture
  }
}
