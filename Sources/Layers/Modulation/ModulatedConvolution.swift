import Kernels

/// A convolution of one image whose input channels are scaled by a style, and whose outputs are then
/// brought back to unit scale (demodulated).
///
/// With weights w and style s the output is d_o Σ w_oik s_i x_i, d_o = (Σ_ik (w_oik s_i)² + 1e-8)^−½ or 1.
/// The style scales what the convolution reads, and d what it gives, so that the weights are made ready
/// for the kernels once. Source: Karras et al., CVPR 2020, equations 1 and 3;
/// NVlabs/stylegan2-ada-pytorch:training/networks.py, `modulated_conv2d`.
public struct ModulatedConvolution: Sendable {
  /// What the weights are, `[outputs, inputs, kernel, kernel]`.
  public let shape: ConvolutionShape
  /// Whether it doubles rows and columns, as `UpsamplingKernel` says.
  public let upsamples: Bool
  public let demodulates: Bool
  private let convolution: Convolution
  /// Σ_k w_oik², `[outputs, inputs]`.
  private let squares: [Float]

  /// Prepares a convolution; an even kernel, or one other than 3 that upsamples, stops the program.
  public init(
    shape: ConvolutionShape, weights: [Float], upsamples: Bool = false, demodulates: Bool = true
  ) {
    guard shape.stride == 1, !upsamples || shape.kernel == 3, weights.count == shape.weightCount
    else { shapeMismatch("\(weights.count) weights for a modulated convolution \(shape)") }
    self.shape = shape
    self.upsamples = upsamples
    self.demodulates = demodulates
    let outputs = upsamples ? 4 * shape.outputs : shape.outputs
    convolution = Convolution(
      shape: ConvolutionShape(inputs: shape.inputs, outputs: outputs, kernel: shape.kernel),
      weights: upsamples ? UpsamplingKernel.phases(of: weights) : weights,
      bias: [Float](repeating: 0, count: outputs))
    let taps = shape.kernel * shape.kernel
    squares = (0..<shape.outputs * shape.inputs).map { index in
      var sum = 0.0
      for tap in 0..<taps {
        let weight = Double(weights[taps * index + tap])
        sum += weight * weight
      }
      return Float(sum)
    }
  }

  /// What the backward pass needs, and what comes before the scaling by d.
  public struct Pass {
    let input: Features
    let modulated: Features
    let styles: [Float]
    /// d, `[outputs]`.
    public let factors: [Float]
    /// `[1, rows, columns, outputs]`, or `[1, rows, columns, 4 · outputs]` by phases.
    public let output: Features
  }

  /// Runs the convolution up to the scaling by d, which `NoisyActivation` does.
  ///
  /// `[1, rows, columns, inputs]` and `[inputs]` styles.
  public func forward(_ input: Features, styles: [Float]) -> Pass {
    let modulated = ChannelScaling(factors: styles).forward(input)
    return Pass(
      input: input, modulated: modulated, styles: styles, factors: factors(styles),
      output: convolution.forward(modulated))
  }

  private func factors(_ styles: [Float]) -> [Float] {
    if !demodulates { return [Float](repeating: 1, count: shape.outputs) }
    return (0..<shape.outputs).map { output in
      var sum = 1e-8
      for (input, style) in styles.enumerated() {
        sum += Double(style) * Double(style) * Double(squares[output * styles.count + input])
      }
      return Float(1 / sum.squareRoot())
    }
  }

  /// The gradients with respect to the input and the styles.
  ///
  /// - Parameters:
  ///   - gradient: with respect to the pass's output, before the scaling by d.
  ///   - scaled: for each output the sum over the pixels of the gradient with respect to the scaled
  ///     output times that output: d times the gradient with respect to d.
  ///   - weights: `[outputs, inputs, kernel, kernel]`, to which the gradient with respect to the
  ///     weights is added; `values` are the weights.
  public func backward(
    _ gradient: Features, scaled: [Double], pass: Pass,
    weights: (gradient: UnsafeMutableBufferPointer<Float>, values: [Float])? = nil
  ) -> (input: Features, styles: [Double]) {
    var (input, styles) = ChannelScaling(factors: pass.styles).backward(
      convolution.backwardToInput(gradient), input: pass.input)
    if demodulates {
      // ∂ log d_o / ∂ s_i = −d_o² s_i Σ_k w_oik².
      let inputs = shape.inputs
      for output in 0..<shape.outputs {
        let d = Double(pass.factors[output])
        let factor = scaled[output] * d * d
        for index in 0..<inputs {
          styles[index] -=
            factor * Double(pass.styles[index]) * Double(squares[output * inputs + index])
        }
      }
    }
    if let weights { add(gradient, scaled: scaled, pass: pass, to: weights) }
    return (input, styles)
  }

  private func add(
    _ gradient: Features, scaled: [Double], pass: Pass,
    to weights: (gradient: UnsafeMutableBufferPointer<Float>, values: [Float])
  ) {
    let plain = convolution.shape
    var part = [Float](repeating: 0, count: plain.weightCount)
    var bias = [Float](repeating: 0, count: plain.outputs)
    part.withUnsafeMutableBufferPointer { part in
      bias.withUnsafeMutableBufferPointer { bias in
        plain.addWeightGradient(
          input: pass.modulated, gradient: gradient, weights: part, bias: bias)
      }
    }
    if upsamples { part = UpsamplingKernel.gradient(ofPhases: part) }
    let taps = shape.kernel * shape.kernel
    for output in 0..<shape.outputs {
      let d = Double(pass.factors[output])
      let factor = demodulates ? scaled[output] * d * d : 0
      for input in 0..<shape.inputs {
        let style = Double(pass.styles[input])
        for index in (output * shape.inputs + input) * taps..<(output * shape.inputs + input + 1)
          * taps
        {
          weights.gradient[index] +=
            part[index] - Float(factor * style * style * Double(weights.values[index]))
        }
      }
    }
  }
}
