import Arrays

extension ParameterLayout {
  /// Weights and biases of convolutions, uniform in ±1/√fan-in (PyTorch's default), and zeros for what
  /// is none.
  func uniformParameters(_ stream: inout RandomStream) -> [Float] {
    var parameters = [Float](repeating: 0, count: count)
    var bound: Float = 0
    for entry in entries where entry.name.hasSuffix(".weight") || entry.name.hasSuffix(".bias") {
      if entry.name.hasSuffix(".weight") {
        bound = 1 / Float(entry.shape.dropFirst().reduce(1, *)).squareRoot()
      }
      for i in entry.range { parameters[i] = (2 * stream.uniform() - 1) * bound }
    }
    return parameters
  }
}

extension LadderSlots {
  /// The parameters that training starts from: `uniformParameters`, with the last convolution of every
  /// residual block and the latents' predictions scaled down so that the network starts near the
  /// identity and the prior.
  package func initialParameters(seed: UInt64) -> [Float] {
    var stream = RandomStream(seed: seed)
    var parameters = layout.uniformParameters(&stream)
    func scale(_ slot: ConvolutionSlot, by factor: Float) {
      for i in slot.weights { parameters[i] *= factor }
    }
    for level in levels {
      scale(level.entry.second, by: 0.3)
      scale(level.exit.second, by: 0.3)
      scale(level.prior, by: 0.1)
      scale(level.posteriorSecond, by: 0.1)
    }
    for block in encoderBlocks { scale(block.second, by: 0.3) }
    return parameters
  }
}
