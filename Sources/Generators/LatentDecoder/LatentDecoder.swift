public import Layers

/// A generator that draws one grey image of one latent, by dense layers and transposed convolutions.
///
/// Source: the decoder of a variational autoencoder (Kingma and Welling, ICLR 2014) and DCGAN's generator
/// (Radford, Metz and Chintala, ICLR 2016), the two that Bora et al. (ICML 2017) compared; batch normalisation
/// is folded into the layers before it.
public struct LatentDecoder: Sendable {
  public let architecture: DecoderArchitecture
  /// Names, shapes and offsets of the parameters.
  public let layout: ParameterLayout
  private let dense: [(layer: DenseLayer, activation: BiasActivation)]
  private let convolutions: [(layer: TransposedConvolution, activation: BiasActivation)]

  /// Makes the network ready; a vector of another length stops the program (`DecoderWeights` checks files
  /// before).
  public init(architecture: DecoderArchitecture, parameters: [Float]) {
    let slots = DecoderSlots(architecture)
    guard parameters.count == slots.layout.count else {
      shapeFault("\(parameters.count) parameters for a network of \(slots.layout.count)")
    }
    (self.architecture, layout) = (architecture, slots.layout)
    func activation(_ bias: [Float], isLast: Bool) -> BiasActivation {
      BiasActivation(isLast ? architecture.output : architecture.hidden, bias: bias)
    }
    let pixels = architecture.startRows * architecture.startColumns
    dense = slots.dense.enumerated().map { index, slot in
      let isMaps = index == slots.dense.count - 1
      // PyTorch's maps have their channels first, features have them last.
      let order = isMaps ? Self.channelsLast(architecture.widths[0], pixels) : nil
      func ordered(_ values: ArraySlice<Float>, width: Int) -> [Float] {
        let values = Array(values)
        return order?.flatMap { values[$0 * width..<($0 + 1) * width] } ?? values
      }
      let bias = ordered(parameters[slot.bias.range], width: 1)
      let layer = DenseLayer(
        weights: ordered(parameters[slot.weights.range], width: slot.weights.shape[1]),
        bias: [Float](repeating: 0, count: bias.count))
      return (layer, activation(bias, isLast: isMaps && architecture.convolutions == 0))
    }
    convolutions = slots.convolutions.enumerated().map { index, slot in
      (
        TransposedConvolution(
          inputs: slot.weights.shape[0], outputs: slot.weights.shape[1],
          weights: Array(parameters[slot.weights.range])),
        activation(
          Array(parameters[slot.bias.range]), isLast: index == slots.convolutions.count - 1)
      )
    }
  }

  /// A forward pass: the image and what the backward pass needs.
  public struct Pass {
    /// What went into each dense layer, the latent first.
    let dense: [Features]
    /// What came of the last dense layer and of each transposed convolution.
    let maps: [Features]
    /// `[1, rows, columns, 1]`.
    public var output: Features { maps[maps.count - 1] }
  }

  /// Draws the image of a latent of `architecture.latentSize` values.
  public func forward(_ latent: [Float]) -> Pass {
    var values = Self.line(latent)
    var inputs: [Features] = []
    for (layer, activation) in dense {
      inputs.append(values)
      values = activation.forward(Self.line(layer.forward(Array(values.values))))
    }
    var maps = [
      Features(
        rows: architecture.startRows, columns: architecture.startColumns,
        channels: architecture.widths[0], values: values.values)
    ]
    for (layer, activation) in convolutions {
      maps.append(activation.forward(layer.forward(maps[maps.count - 1])))
    }
    return Pass(dense: inputs, maps: maps)
  }

  /// The gradient with respect to the latent, of one with respect to the image.
  public func backward(_ gradient: Features, pass: Pass) -> [Float] {
    var gradient = gradient
    for (index, part) in convolutions.enumerated().reversed() {
      gradient = part.layer.backward(
        part.activation.backward(gradient, output: pass.maps[index + 1]))
    }
    var values = Self.line(gradient.values)
    var output = Self.line(pass.maps[0].values)
    for (index, part) in dense.enumerated().reversed() {
      let before = part.activation.backward(values, output: output)
      let input = Array(pass.dense[index].values)
      values = Self.line(
        part.layer.backward(
          before.values.map { Double($0) }, input: input, output: Array(output.values)
        ).map { Float($0) })
      output = pass.dense[index]
    }
    return Array(values.values)
  }

  /// A vector as one pixel.
  private static func line(_ values: some Collection<Float>) -> Features {
    Features(rows: 1, columns: 1, channels: values.count, values: values)
  }

  /// For each value of maps with channels last its place in maps with channels first.
  private static func channelsLast(_ channels: Int, _ pixels: Int) -> [Int] {
    (0..<channels * pixels).map { $0 % channels * pixels + $0 / channels }
  }
}

/// Where every weight of a decoder lies in its flat vector.
struct DecoderSlots: Sendable {
  struct Slot: Sendable {
    let weights: ParameterLayout.Entry
    let bias: ParameterLayout.Entry
  }

  private(set) var layout = ParameterLayout()
  /// Weights `[outputs, inputs]`; the last layer's outputs are `[channels, rows, columns]`.
  let dense: [Slot]
  /// Weights `[inputs, outputs, 4, 4]`.
  let convolutions: [Slot]

  init(_ architecture: DecoderArchitecture) {
    var layout = ParameterLayout()
    func slot(_ name: String, _ shape: [Int], outputs: Int) -> Slot {
      Slot(
        weights: layout.add(name + ".weight", shape: shape),
        bias: layout.add(name + ".bias", shape: [outputs]))
    }
    dense = architecture.denseSizes.enumerated().map { index, size in
      slot("dense\(index)", [size.outputs, size.inputs], outputs: size.outputs)
    }
    let widths = architecture.widths
    convolutions = zip(widths, widths.dropFirst()).enumerated().map { index, size in
      slot("convolution\(index)", [size.0, size.1, 4, 4], outputs: size.1)
    }
    self.layout = layout
  }
}
