import Arrays

/// All convolutions of a network, made ready for the kernels side by side.
struct ConvolutionLayers: Sendable {
  /// By the place of the weights in the flat vector.
  private let layers: [Int: ConvolutionLayer]

  /// Packs the weights of every convolution of `layout`.
  ///
  /// - Parameters:
  ///   - count, work: further pieces of work, `work(0) … work(count - 1)`, that the threads do
  ///     besides.
  init(
    _ layout: ParameterLayout, parameters: [Float], besides count: Int = 0,
    _ work: @Sendable (Int) -> Void = { _ in }
  ) {
    let slots = layout.convolutions
    var ready = [ConvolutionLayer?](repeating: nil, count: slots.count)
    ready.withUnsafeMutableBufferPointer { ready in
      nonisolated(unsafe) let ready = ready
      parallelFor(count + slots.count) { index in
        if index < count {
          work(index)
        } else {
          ready[index - count] = ConvolutionLayer(slots[index - count], parameters: parameters)
        }
      }
    }
    layers = Dictionary(
      uniqueKeysWithValues: ready.compactMap { $0 }.map { ($0.slot.weights.lowerBound, $0) })
  }

  subscript(slot: ConvolutionSlot) -> ConvolutionLayer {
    guard let layer = layers[slot.weights.lowerBound] else {
      fatalError("no convolution at \(slot.weights)")
    }
    return layer
  }
}
