import Arrays
import Layers

/// A decoder of one latent from a safetensors export of PyTorch's `Sequential` of layers, as DCGANs have it
/// (pytorch/examples:dcgan/main.py).
///
/// Tensors are `main.N.weight`, `.bias`, `.running_mean`, `.running_var`, after a prefix that all may share; in the
/// order of N there are `Linear` layers, or first a `ConvTranspose2d` of one pixel (stride 1, no padding), then
/// `ConvTranspose2d` layers of 4 × 4 weights, stride 2 and padding 1. Each may be followed by a batch normalisation,
/// which is folded into it. Metadata say what no tensor does: `activation` and `output_activation` (`relu` and
/// `tanh` unless stated), `image_shape` as `rows,columns` where a `Linear` layer gives maps or the image (default: a
/// square), `batch_norm_epsilon` (1e-5), and `image_range`, what is drawn for black and white (`-1,1`).
public struct ImportedDecoder: Sendable {
  /// The weights, with the file's metadata as notes.
  public let weights: DecoderWeights
  /// How many batch normalisations were folded into the layers before them.
  public let foldedNormalizations: Int

  private static let mark = "main.0.weight"
  private static let cure =
    "export the Sequential of Linear and ConvTranspose2d layers of one image channel, as "
    + "protocols/training/pytorch/README.md says"

  /// Whether a file looks like one of them.
  public static func isOne(_ path: String) throws -> Bool {
    try TensorFile(contentsOf: path).tensors.keys.contains {
      $0 == mark || $0.hasSuffix("." + mark)
    }
  }

  /// Reads and checks a file; throws `WeightsError` that names the tensor that is missing, foreign, of
  /// another shape or not finite, or the metadata that make no sense.
  public init(contentsOf path: String) throws {
    let file = try TensorFile(contentsOf: path)
    func fault(_ problem: String) -> WeightsError {
      WeightsError(file: path, problem: problem, cure: Self.cure)
    }
    let modules = try SequentialModules(file, mark: Self.mark, fault: fault)
    func activation(_ key: String, _ fallback: BiasActivation.Kind) throws -> BiasActivation.Kind {
      guard let text = file.metadata[key] else { return fallback }
      guard let kind = BiasActivation.Kind(rawValue: text.lowercased()) else {
        let known = BiasActivation.Kind.allCases.map(\.rawValue).joined(separator: ", ")
        throw fault("its metadata state \(key) '\(text)', which is none of \(known)")
      }
      return kind
    }
    let layers = try modules.layers()
    foldedNormalizations = modules.normalizations
    let dense = layers.prefix { $0.weights.shape.count == 2 }
    let convolutions = layers.dropFirst(dense.count)
    guard let first = dense.first, let last = dense.last else { throw fault("it has no layer") }
    if let layer = convolutions.first(where: { $0.weights.shape.count == 2 }) {
      throw fault("\(layer.name) is a Linear layer behind a ConvTranspose2d")
    }
    for (layer, before) in zip(layers.dropFirst(), layers) where layer.kernel == before.kernel {
      let (from, to) = (before.outputs, layer.inputs)
      if from != to {
        throw fault("\(layer.name).weight reads \(to) channels, and \(before.name) gives \(from)")
      }
    }
    var widths = convolutions.map(\.inputs)
    widths.append(convolutions.last?.outputs ?? 1)
    let (values, maps) = (last.outputs, widths[0])
    guard values % maps == 0 else {
      throw fault("\(last.name) gives \(values) values, which are not \(maps) maps")
    }
    let start = try Self.start(
      pixels: values / maps, doublings: convolutions.count, stated: file.metadata["image_shape"],
      fault: fault)
    let architecture = DecoderArchitecture(
      latentSize: first.inputs, denseWidths: dense.dropLast().map(\.outputs),
      startRows: start.rows, startColumns: start.columns, widths: widths,
      hidden: try activation("activation", .relu),
      output: try activation("output_activation", .tanh))
    var tensors: [String: TensorFile.Tensor] = [:]
    for (index, layer) in layers.enumerated() {
      let name =
        index < dense.count ? "dense\(index)" : "convolution\(index - dense.count)"
      tensors[name + ".weight"] = layer.weights
      tensors[name + ".bias"] = TensorFile.Tensor(
        shape: [layer.bias.count], values: layer.bias)
    }
    if let text = file.metadata["image_range"] {
      let range = text.split(separator: ",").compactMap { Float($0) }
      guard range.count == 2, range.allSatisfy(\.isFinite), range[0] < range[1] else {
        throw fault("its metadata state image_range '\(text)', which is not 'black,white'")
      }
    }
    let notes = file.metadata.filter { !["architecture", "format"].contains($0.key) }
    weights = try DecoderWeights(
      tensors, architecture: architecture, notes: notes, path: path, cure: Self.cure)
  }

  /// Rows and columns of the maps that the last dense layer gives.
  private static func start(
    pixels: Int, doublings: Int, stated: String?, fault: (String) -> WeightsError
  ) throws -> (rows: Int, columns: Int) {
    guard let stated else {
      let side = Int(Double(pixels).squareRoot().rounded())
      guard side * side == pixels else {
        throw fault("its maps of \(pixels) pixels are no squares, and it states no image_shape")
      }
      return (side, side)
    }
    let shape = stated.split(separator: ",").compactMap { Int($0) }
    guard shape.count == 2, shape.allSatisfy({ $0 > 0 && $0 % (1 << doublings) == 0 }),
      shape[0] >> doublings * (shape[1] >> doublings) == pixels
    else {
      throw fault(
        "its metadata state image_shape '\(stated)', but \(doublings) doublings of maps of \(pixels) pixels "
          + "do not give such an image")
    }
    return (shape[0] >> doublings, shape[1] >> doublings)
  }
}

/// The numbered modules of a `Sequential`.
private struct SequentialModules {
  /// A layer of weights with what follows it folded in.
  struct Layer {
    let name: String
    var weights: TensorFile.Tensor
    var bias: [Float]
    /// 1 for a dense layer.
    var kernel: Int { weights.shape.count == 2 ? 1 : weights.shape[2] }
    var inputs: Int { weights.shape.count == 2 ? weights.shape[1] : weights.shape[0] }
    var outputs: Int { weights.shape.count == 2 ? weights.shape[0] : weights.shape[1] }
  }

  private let modules: [(number: Int, tensors: [String: TensorFile.Tensor])]
  private let epsilon: Float
  private let fault: (String) -> WeightsError

  init(_ file: TensorFile, mark: String, fault: @escaping (String) -> WeightsError) throws {
    guard
      let name = file.tensors.keys.filter({ $0 == mark || $0.hasSuffix("." + mark) }).min()
    else { throw fault("it holds no \(mark), so it is no decoder known here") }
    let prefix = name.dropLast("0.weight".count)
    var found: [Int: [String: TensorFile.Tensor]] = [:]
    for (name, tensor) in file.tensors {
      let parts = name.dropFirst(prefix.count).split(separator: ".")
      guard name.hasPrefix(prefix), parts.count == 2, let number = Int(parts[0]),
        ["weight", "bias", "running_mean", "running_var"].contains(String(parts[1]))
      else { throw fault("tensor \(name) does not belong to a decoder known here") }
      guard tensor.values.allSatisfy(\.isFinite) else {
        throw fault("tensor \(name) holds values that are not finite")
      }
      found[number, default: [:]][String(parts[1])] = tensor
    }
    modules = found.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    let text = file.metadata["batch_norm_epsilon"]
    guard let epsilon = Float(text ?? "1e-5"), epsilon > 0, epsilon.isFinite else {
      throw fault(
        "its metadata state batch_norm_epsilon '\(text ?? "")', which is no positive number")
    }
    (self.epsilon, self.fault) = (epsilon, fault)
  }

  var normalizations: Int { modules.count { $0.tensors["running_mean"] != nil } }

  func layers() throws -> [Layer] {
    var layers: [Layer] = []
    for (number, tensors) in modules {
      let name = "main.\(number)"
      if tensors["running_mean"] != nil || tensors["running_var"] != nil {
        guard let last = layers.indices.last else {
          throw fault("\(name) normalises before the first layer")
        }
        try fold(tensors, named: name, into: &layers[last])
      } else {
        layers.append(try layer(tensors, named: name, isFirst: layers.isEmpty))
      }
    }
    return layers.map(Self.repeated)
  }

  private func layer(
    _ tensors: [String: TensorFile.Tensor], named name: String, isFirst: Bool
  ) throws -> Layer {
    guard var weights = tensors["weight"] else { throw fault("tensor \(name).weight is missing") }
    let shape = weights.shape
    guard shape.allSatisfy({ $0 > 0 }),
      shape.count == 2 || (shape.count == 4 && shape[2] == shape[3] && (isFirst || shape[2] == 4))
    else {
      throw fault(
        "tensor \(name).weight is \(shape), neither of a Linear layer nor of a ConvTranspose2d of 4 × 4"
      )
    }
    let outputs = shape.count == 2 ? shape[0] : shape[1]
    let bias = tensors["bias"]?.values ?? [Float](repeating: 0, count: outputs)
    guard bias.count == outputs else {
      throw fault("tensor \(name).bias has \(bias.count) values for \(outputs) outputs")
    }
    if isFirst, shape.count == 4 {
      // Of one pixel it is a dense layer: [inputs, outputs · rows · columns] turned.
      let (inputs, count) = (shape[0], outputs * shape[2] * shape[3])
      let old = weights.values
      weights = TensorFile.Tensor(
        shape: [count, inputs],
        values: (0..<count * inputs).map { old[$0 % inputs * count + $0 / inputs] })
    }
    return Layer(name: name, weights: weights, bias: bias)
  }

  /// γ (W x + b − μ) / √(σ² + ε) + β as one layer.
  private func fold(
    _ tensors: [String: TensorFile.Tensor], named name: String, into layer: inout Layer
  ) throws {
    let channels = layer.bias.count
    func values(_ key: String, _ fallback: Float?) throws -> [Float] {
      guard
        let values = tensors[key]?.values ?? fallback.map({ Array(repeating: $0, count: channels) })
      else { throw fault("tensor \(name).\(key) is missing") }
      guard values.count == channels else {
        throw fault(
          "tensor \(name).\(key) has \(values.count) values for the \(channels) channels of \(layer.name)"
        )
      }
      return values
    }
    let (mean, variance) = (try values("running_mean", nil), try values("running_var", nil))
    let (scale, shift) = (try values("weight", 1), try values("bias", 0))
    guard variance.allSatisfy({ $0 >= 0 }) else {
      throw fault("tensor \(name).running_var holds negative values")
    }
    let factors = zip(scale, variance).map { $0 / ($1 + epsilon).squareRoot() }
    layer.bias = (0..<channels).map { factors[$0] * (layer.bias[$0] - mean[$0]) + shift[$0] }
    let shape = layer.weights.shape
    // Outputs are the first axis of a dense layer, the second of a convolution.
    let (inner, outputs) =
      shape.count == 2
      ? (shape[1] * shape[0] / channels, channels) : (shape[2] * shape[3], shape[1])
    for index in layer.weights.values.indices {
      layer.weights.values[index] *= factors[index / inner % outputs]
    }
  }

  /// A layer whose bias has a value for each output: a dense one that gives maps had one for each map.
  private static func repeated(_ layer: Layer) -> Layer {
    guard layer.weights.shape.count == 2, layer.bias.count < layer.weights.shape[0] else {
      return layer
    }
    let pixels = layer.weights.shape[0] / layer.bias.count
    var result = layer
    result.bias = layer.bias.flatMap { Array(repeating: $0, count: pixels) }
    return result
  }
}
