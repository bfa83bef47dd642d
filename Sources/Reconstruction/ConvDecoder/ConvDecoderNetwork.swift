import Arrays
import Layers

/// A convolutional decoder whose input is fixed noise and whose weights, never trained, are what is
/// fitted to one image.
///
/// Layers of resizing (nearest), 3 × 3 convolution without bias, rectifier, normalisation by channel; one
/// such layer without resizing; a 1 × 1 convolution. Source: Darestani and Heckel, IEEE TCI 7:724 (2021);
/// MLI-lab/ConvDecoder:include/decoder_conv.py with `need_last` and without `skips`, as in the authors'
/// MRI notebooks.
struct ConvDecoderNetwork: Sendable {
  /// The image's two parts.
  static let outputs = 2

  /// Where the weights of a layer lie in the flat vector.
  private struct Layer: Sendable {
    /// Nil in the last layer.
    let resizing: NearestResizing?
    let weights: Range<Int>
    let scale: Range<Int>
    let shift: Range<Int>
  }

  private let shape: ConvolutionShape
  private let outputShape: ConvolutionShape
  private let layers: [Layer]
  private let outputWeights: Range<Int>
  /// `[1, inputRows, inputColumns, channels]`.
  let input: Features
  /// The length of the vector of parameters.
  let count: Int

  /// The decoder of an image of `rows × columns`, with its input drawn uniformly from [0, 1) where none
  /// is given.
  init(rows: Int, columns: Int, settings: ConvDecoderSettings, input: Features? = nil) {
    let channels = settings.channels
    shape = ConvolutionShape(inputs: channels, outputs: channels, kernel: 3)
    outputShape = ConvolutionShape(inputs: channels, outputs: Self.outputs, kernel: 1)
    var end = 0
    func take(_ count: Int) -> Range<Int> {
      defer { end += count }
      return end..<end + count
    }
    var layers: [Layer] = []
    for size in settings.sizes(rows: rows, columns: columns).map(Optional.init) + [nil] {
      layers.append(
        Layer(
          resizing: size.map { NearestResizing(rows: $0.rows, columns: $0.columns) },
          weights: take(shape.weightCount), scale: take(channels), shift: take(channels)))
    }
    self.layers = layers
    outputWeights = take(outputShape.weightCount)
    count = end
    var random = RandomStream(seed: settings.seed)
    self.input =
      input
      ?? Features(
        rows: settings.inputRows, columns: settings.inputColumns, channels: channels,
        values: (0..<settings.inputRows * settings.inputColumns * channels).map { _ in
          random.uniform()
        })
  }

  /// Weights uniform in ±1/√fan-in, scales 1, shifts 0: PyTorch's defaults.
  func initialParameters(seed: UInt64) -> [Float] {
    var random = RandomStream(seed: seed).split(stream: 1)
    var parameters = [Float](repeating: 0, count: count)
    func fill(_ range: Range<Int>, _ shape: ConvolutionShape) {
      let bound = 1 / Float(shape.inputs * shape.kernel * shape.kernel).squareRoot()
      for index in range { parameters[index] = (2 * random.uniform() - 1) * bound }
    }
    for layer in layers {
      fill(layer.weights, shape)
      for index in layer.scale { parameters[index] = 1 }
    }
    fill(outputWeights, outputShape)
    return parameters
  }

  /// A forward pass: the image's parts and what the backward pass needs.
  struct Pass {
    /// `[1, rows, columns, 2]`.
    let output: Features
    fileprivate struct Step {
      let convolution: Convolution
      let normalization: ChannelNormalization
      /// What was resized.
      let before: Features
      /// What the convolution read.
      let read: Features
      let saved: ChannelNormalization.Saved
    }
    fileprivate let steps: [Step]
    fileprivate let last: Features
    fileprivate let outputConvolution: Convolution
  }

  func forward(_ parameters: [Float]) -> Pass {
    var current = input
    var steps: [Pass.Step] = []
    for layer in layers {
      let convolution = Convolution(
        shape: shape, weights: Array(parameters[layer.weights]),
        bias: [Float](repeating: 0, count: shape.outputs))
      let normalization = ChannelNormalization(
        scale: Array(parameters[layer.scale]), shift: Array(parameters[layer.shift]), slope: 0)
      let read = layer.resizing?.forward(current) ?? current
      let (output, saved) = normalization.forward(convolution.forward(read))
      steps.append(
        Pass.Step(
          convolution: convolution, normalization: normalization, before: current, read: read,
          saved: saved))
      current = output
    }
    let outputConvolution = Convolution(
      shape: outputShape, weights: Array(parameters[outputWeights]),
      bias: [Float](repeating: 0, count: Self.outputs))
    return Pass(
      output: outputConvolution.forward(current), steps: steps, last: current,
      outputConvolution: outputConvolution)
  }

  /// The gradient with respect to the parameters, for that with respect to the output.
  func backward(_ gradient: Features, pass: Pass) -> [Float] {
    var result = [Float](repeating: 0, count: count)
    func add(
      _ shape: ConvolutionShape, _ range: Range<Int>, _ input: Features, _ gradient: Features
    ) {
      // The convolutions have no bias, so what the kernels say of one is dropped.
      var bias = [Float](repeating: 0, count: shape.outputs)
      result.withUnsafeMutableBufferPointer { result in
        bias.withUnsafeMutableBufferPointer { bias in
          shape.addWeightGradient(
            input: input, gradient: gradient,
            weights: UnsafeMutableBufferPointer(rebasing: result[range]), bias: bias)
        }
      }
    }
    add(outputShape, outputWeights, pass.last, gradient)
    var current = pass.outputConvolution.backwardToInput(gradient)
    for (index, layer) in layers.enumerated().reversed() {
      let step = pass.steps[index]
      let (toConvolution, toScale, toShift) = step.normalization.backward(
        current, saved: step.saved)
      result.replaceSubrange(layer.scale, with: toScale)
      result.replaceSubrange(layer.shift, with: toShift)
      add(shape, layer.weights, step.read, toConvolution)
      if index == 0 { break }
      let toRead = step.convolution.backwardToInput(toConvolution)
      current =
        layer.resizing?.adjoint(
          toRead, rows: step.before.rows, columns: step.before.columns) ?? toRead
    }
    return result
  }
}
