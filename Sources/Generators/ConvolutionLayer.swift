import Layers

/// A convolution of the network: where its weights lie, and the weights made ready for the kernels.
struct ConvolutionLayer: Sendable {
  let slot: ConvolutionSlot
  let convolution: Convolution

  /// What the backward pass needs: the input, and the slope of the leaky rectifier that the
  /// convolution read it through.
  struct Saved {
    let input: Features
    let slope: Float
  }

  init(_ slot: ConvolutionSlot, parameters: [Float]) {
    self.slot = slot
    convolution = Convolution(
      shape: slot.shape, weights: Array(parameters[slot.weights]),
      bias: Array(parameters[slot.bias]))
  }

  /// Convolves φ(`input`), φ a leaky rectifier of `slope`.
  func forward(
    _ input: Features, slope: Float = 1, adding residual: Features? = nil
  ) -> (output: Features, saved: Saved) {
    (
      convolution.forward(input, slope: slope, adding: residual),
      Saved(input: input, slope: slope)
    )
  }

  /// The gradient with respect to the input, before φ, plus `added`; the weights' gradient goes into
  /// `parameterGradient` if there is one.
  func backward(
    _ gradient: Features, saved: Saved, parameterGradient: ParameterGradient?,
    adding added: Features? = nil
  ) -> Features {
    parameterGradient?.add(slot, saved, gradient: gradient)
    return convolution.backwardToInput(
      gradient, activating: saved.input, slope: saved.slope, adding: added)
  }
}
