import Arrays
import Foundation

extension LadderSlots {
  /// The parameters that training starts from: uniform in ±1/√fan-in (PyTorch's default for
  /// convolutions), with the last convolution of every residual block and the latents' predictions
  /// scaled down so that the network starts near the identity and the prior.
  package func initialParameters(seed: UInt64) -> [Float] {
    var stream = RandomStream(seed: seed)
    var parameters = [Float](repeating: 0, count: layout.count)
    var bound: Float = 0
    for entry in layout.entries where entry.name != "decoder.root" {
      if entry.name.hasSuffix(".weight") {
        bound = 1 / Float(entry.shape.dropFirst().reduce(1, *)).squareRoot()
      }
      for i in entry.range { parameters[i] = (2 * stream.uniform() - 1) * bound }
    }
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
