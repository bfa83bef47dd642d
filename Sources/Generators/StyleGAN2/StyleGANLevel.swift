import Layers

/// One size of the generator: a convolution that doubles the features, another one, and an image.
struct StyleGANLevel: Sendable {
  let upsampling: StyledLayer?
  let convolution: StyledLayer
  let image: StyledLayer?
  private let bypass: Convolution?
  private let bypassSlot: ParameterLayout.Entry?
  /// Of the residual's two ways.
  private static let half = Float(0.5).squareRoot()

  init(_ slot: StyleGANSlots.Level, clamp: Float?, parameters: [Float]) {
    upsampling = slot.upsampling.map {
      StyledLayer(
        $0, parameters: parameters, upsamples: true, gain: StyleGANGenerator.gain, clamp: clamp)
    }
    convolution = StyledLayer(
      slot.convolution, parameters: parameters,
      gain: StyleGANGenerator.gain * (slot.bypass == nil ? 1 : Self.half), clamp: clamp)
    image = slot.image.map {
      StyledLayer($0, parameters: parameters, gain: 1, isImage: true, clamp: clamp)
    }
    bypassSlot = slot.bypass
    bypass = slot.bypass.map { entry in
      Convolution(
        shape: ConvolutionShape(inputs: entry.shape[1], outputs: entry.shape[0], kernel: 1),
        weights: parameters[entry.range].map { Self.half * $0 },
        bias: [Float](repeating: 0, count: entry.shape[0]))
    }
  }

  struct Pass {
    let input: Features
    let upsampling: StyledLayer.Pass?
    let convolution: StyledLayer.Pass
    let features: Features
    let image: StyledLayer.Pass?
  }

  /// - Parameters:
  ///   - input: the coarser level's features, or the constant.
  ///   - styles: of the level's layers, in order; the image's may be missing where there is none.
  ///   - noises: of its convolutions, in order.
  func forward(_ input: Features, styles: [[Float]], noises: [[Float]?]) -> Pass {
    let first = upsampling.map { $0.forward(input, style: styles[0], noise: noises[0]) }
    let at = upsampling == nil ? 0 : 1
    let second = convolution.forward(
      first?.output ?? input, style: styles[at], noise: noises[at])
    var features = second.output
    if let bypass { features.add(SmoothUpsampling.forward(bypass.forward(input))) }
    return Pass(
      input: input, upsampling: first, convolution: second, features: features,
      image: image?.forward(features, style: styles[at + 1], noise: nil))
  }

  struct Gradients {
    /// With respect to the level's input.
    let input: Features
    /// With respect to the styles, in the order of `forward`.
    let styles: [[Double]]
    let noises: [[Float]]
  }

  /// - Parameters:
  ///   - features: the gradient with respect to the level's features from finer levels; nil for none.
  ///   - image: that with respect to its image; nil for none.
  func backward(
    features: Features?, image gradient: Features?, pass: Pass,
    parameterGradient: ParameterGradient?
  ) -> Gradients {
    var total = features
    var styles: [[Double]] = []
    var noises: [[Float]] = []
    if let image, let saved = pass.image, let gradient {
      let back = image.backward(gradient, pass: saved, parameterGradient: parameterGradient)
      if total == nil { total = back.input } else { total?.add(back.input) }
      styles.append(back.style)
    }
    guard let total else { shapeFault("a level without a gradient") }
    let second = convolution.backward(
      total, pass: pass.convolution, parameterGradient: parameterGradient)
    styles.append(second.style)
    noises.append(second.noise)
    guard let upsampling, let saved = pass.upsampling else {
      return Gradients(input: second.input, styles: styles.reversed(), noises: noises)
    }
    let first = upsampling.backward(
      second.input, pass: saved, parameterGradient: parameterGradient)
    styles.append(first.style)
    noises.append(first.noise)
    var input = first.input
    if let bypass {
      let coarse = SmoothUpsampling.adjoint(total)
      input.add(bypass.backwardToInput(coarse))
      addBypassGradient(coarse, pass, parameterGradient)
    }
    return Gradients(input: input, styles: styles.reversed(), noises: noises.reversed())
  }

  private func addBypassGradient(
    _ gradient: Features, _ pass: Pass, _ parameterGradient: ParameterGradient?
  ) {
    guard let parameterGradient, let slot = bypassSlot, let bypass else { return }
    var weights = [Float](repeating: 0, count: slot.count)
    var bias = [Float](repeating: 0, count: slot.shape[0])
    weights.withUnsafeMutableBufferPointer { weights in
      bias.withUnsafeMutableBufferPointer { bias in
        bypass.shape.addWeightGradient(
          input: pass.input, gradient: gradient, weights: weights, bias: bias)
      }
    }
    parameterGradient.withValues { all in
      for (index, value) in zip(slot.range, weights) { all[index] += Self.half * value }
    }
  }
}

func shapeFault(_ message: String) -> Never { fatalError("network shapes: \(message)") }
