import Layers

/// A modulated convolution with the dense layer that makes its style of w, noise, bias and rectifier.
struct StyledLayer: Sendable {
  let slot: StyleGANSlots.Styled
  private let style: DenseLayer
  private let convolution: ModulatedConvolution
  private let activation: NoisyActivation
  /// The convolution's weights, `[outputs, inputs, kernel, kernel]`.
  private let weights: [Float]
  /// The noise that comes with the weights; nil for the layers of images.
  let noise: [Float]?

  /// - Parameters:
  ///   - gain: of the activation.
  ///   - isImage: whether it gives an image: neither demodulation nor rectifier.
  init(
    _ slot: StyleGANSlots.Styled, parameters: [Float], upsamples: Bool = false, gain: Float,
    isImage: Bool = false, clamp: Float?
  ) {
    self.slot = slot
    weights = Array(parameters[slot.weights.range])
    let shape = slot.weights.shape
    convolution = ModulatedConvolution(
      shape: ConvolutionShape(inputs: shape[1], outputs: shape[0], kernel: shape[2]),
      weights: weights, upsamples: upsamples, demodulates: !isImage)
    style = DenseLayer(
      weights: Array(parameters[slot.style.weights.range]),
      bias: Array(parameters[slot.style.bias.range]))
    activation = NoisyActivation(
      bias: Array(parameters[slot.bias.range]),
      strength: slot.strength.map { parameters[$0.offset] } ?? 0, gain: isImage ? 1 : gain,
      slope: isImage ? 1 : StyleGANGenerator.slope,
      clamp: clamp.map { isImage ? $0 : $0 * gain / StyleGANGenerator.gain },
      interleaves: upsamples)
    noise = slot.noise.map { Array(parameters[$0.range]) }
  }

  struct Pass {
    let style: [Float]
    let styles: [Float]
    let noise: [Float]?
    let convolution: ModulatedConvolution.Pass
    let output: Features
  }

  /// - Parameter noise: `[rows, columns]` of the output; nil for none.
  func forward(_ input: Features, style w: [Float], noise: [Float]?) -> Pass {
    let styles = style.forward(w)
    let pass = convolution.forward(input, styles: styles)
    return Pass(
      style: w, styles: styles, noise: noise, convolution: pass,
      output: activation.forward(pass.output, factors: pass.factors, noise: noise))
  }

  /// Gradients with respect to the input, w and the noise.
  func backward(
    _ gradient: Features, pass: Pass, parameterGradient: ParameterGradient?
  ) -> (input: Features, style: [Double], noise: [Float]) {
    let back = activation.backward(
      gradient, output: pass.output, factors: pass.convolution.factors, noise: pass.noise)
    let input: Features
    let styles: [Double]
    if let parameterGradient {
      (input, styles) = parameterGradient.withValues { all in
        for (index, value) in zip(slot.bias.range, back.bias) { all[index] += Float(value) }
        if let strength = slot.strength { all[strength.offset] += Float(back.strength) }
        return convolution.backward(
          back.input, scaled: back.scaled, pass: pass.convolution,
          weights: (UnsafeMutableBufferPointer(rebasing: all[slot.weights.range]), weights))
      }
    } else {
      (input, styles) = convolution.backward(
        back.input, scaled: back.scaled, pass: pass.convolution)
    }
    let w = withSlots(parameterGradient, slot.style) {
      style.backward(styles, input: pass.style, output: pass.styles, parameters: $0)
    }
    return (input, w, back.noise)
  }
}
