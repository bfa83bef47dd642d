import Layers

/// Turns an image into features at every resolution, coarse to fine, for the latents' posteriors.
struct ImageEncoder: Sendable {
  let input: ConvolutionLayer
  let down: [ConvolutionLayer]
  let blocks: [ResidualBlock]

  init(_ slots: LadderSlots, layers: ConvolutionLayers) {
    input = layers[slots.encoderInput]
    down = slots.encoderDown.map { layers[$0] }
    blocks = slots.encoderBlocks.map { ResidualBlock($0, layers: layers) }
  }

  struct Pass {
    /// Coarse to fine.
    let features: [Features]
    fileprivate let input: ConvolutionLayer.Saved
    fileprivate let down: [ConvolutionLayer.Saved]
    fileprivate let blocks: [ResidualBlock.Saved]
  }

  func forward(_ image: Features) -> Pass {
    let (start, savedInput) = input.forward(image)
    var savedBlocks: [ResidualBlock.Saved] = []
    var savedDown: [ConvolutionLayer.Saved] = []
    var (current, saved) = blocks[0].forward(start)
    savedBlocks.append(saved)
    var features = [current]
    for (layer, block) in zip(down, blocks.dropFirst()) {
      let (halved, savedHalved) = layer.forward(current, slope: LadderArchitecture.slope)
      savedDown.append(savedHalved)
      (current, saved) = block.forward(halved)
      savedBlocks.append(saved)
      features.append(current)
    }
    return Pass(
      features: features.reversed(), input: savedInput, down: savedDown, blocks: savedBlocks)
  }

  /// `gradients` per level, coarse to fine.
  func backward(
    _ gradients: [Features], pass: Pass, parameterGradient: ParameterGradient
  ) {
    var current = gradients[0]
    for k in stride(from: blocks.count - 1, through: 0, by: -1) {
      let entered = blocks[k].backward(
        current, saved: pass.blocks[k], parameterGradient: parameterGradient)
      if k == 0 {
        parameterGradient.add(input.slot, pass.input, gradient: entered)
        return
      }
      current = down[k - 1].backward(
        entered, saved: pass.down[k - 1], parameterGradient: parameterGradient,
        adding: gradients[blocks.count - k])
    }
  }
}
