import Layers

/// x + second(φ(first(φ(x)))) with 3 × 3 convolutions and φ a leaky rectifier.
struct ResidualBlock: Sendable {
  struct Slots: Sendable {
    let first: ConvolutionSlot
    let second: ConvolutionSlot

    init(_ name: String, channels: Int, layout: inout ParameterLayout) {
      let shape = ConvolutionShape(inputs: channels, outputs: channels, kernel: 3)
      first = layout.addConvolution(name + ".first", shape)
      second = layout.addConvolution(name + ".second", shape)
    }
  }

  /// What the backward pass needs: both convolutions' inputs.
  struct Saved {
    let first: ConvolutionLayer.Saved
    let second: ConvolutionLayer.Saved
  }

  let first: ConvolutionLayer
  let second: ConvolutionLayer

  init(_ slots: Slots, layers: ConvolutionLayers) {
    first = layers[slots.first]
    second = layers[slots.second]
  }

  func forward(_ x: Features) -> (output: Features, saved: Saved) {
    let (inner, savedFirst) = first.forward(x, slope: LadderArchitecture.slope)
    let (output, savedSecond) = second.forward(
      inner, slope: LadderArchitecture.slope, adding: x)
    return (output, Saved(first: savedFirst, second: savedSecond))
  }

  func backward(
    _ gradient: Features, saved: Saved, parameterGradient: ParameterGradient?
  ) -> Features {
    let inner = second.backward(
      gradient, saved: saved.second, parameterGradient: parameterGradient)
    return first.backward(
      inner, saved: saved.first, parameterGradient: parameterGradient, adding: gradient)
  }
}
