import Layers

/// A convolution of the network: where its weights lie, and the weights made ready for the kernels.
struct ConvolutionLayer: Sendable {
  let slot: ConvolutionSlot
  let convolution: Convolution

  init(_ slot: ConvolutionSlot, parameters: [Float]) {
    self.slot = slot
    convolution = Convolution(
      shape: slot.shape, weights: Array(parameters[slot.weights]),
      bias: Array(parameters[slot.bias]))
  }

  /// Convolves; activation and up-sampling happen while the input is padded.
  func forward(
    _ features: Features, slope: Float = 1, upsampled: Bool = false,
    adding residual: Features? = nil
  ) -> (output: Features, saved: PaddedFeatures) {
    let padded = PaddedFeatures(
      features, border: slot.shape.border, slope: slope, upsampled: upsampled)
    return (convolution.forward(padded, adding: residual), padded)
  }

  /// The gradient with respect to the activated input; the weights' gradient goes into
  /// `parameterGradient` if there is one.
  func backward(
    _ gradient: Features, saved: PaddedFeatures, parameterGradient: ParameterGradient?
  ) -> Features {
    parameterGradient?.add(slot, input: saved, gradient: gradient)
    return convolution.backwardToInput(gradient)
  }
}
