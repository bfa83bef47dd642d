import Kernels

/// A convolution with its weights laid out for the kernels, ready for forward and backward passes.
///
/// Immutable: weights are packed and Winograd-transformed once, at construction.
public struct Convolution: Sendable {
  public let shape: ConvolutionShape
  private let forwardPass: ConvolutionPass
  /// One pass, or the four phases of the adjoint of a strided convolution.
  private let adjointPasses: [ConvolutionPass]
  private let bias: PackedWeights

  /// Prepares a convolution.
  ///
  /// - Parameters:
  ///   - weights: `[outputs, inputs, kernel, kernel]`, as PyTorch keeps them.
  ///   - bias: `[outputs]`.
  ///   - kernelSet: `avx512`, `avx2` or `plain`; the best for this processor if nil.
  public init(
    shape: ConvolutionShape, weights: [Float], bias: [Float], kernelSet: String? = nil
  ) {
    guard weights.count == shape.weightCount, bias.count == shape.outputs else {
      shapeMismatch("\(weights.count) weights and \(bias.count) biases for \(shape)")
    }
    self.shape = shape
    let set = KernelSet(kernelSet)
    (forwardPass, adjointPasses) = weights.withUnsafeBufferPointer { weights in
      let weights = weights.baseAddress
      let adjoint =
        shape.stride == 1
        ? [ConvolutionPass(shape, weights: weights, flipped: true, set: set)]
        : (0..<4).map { phase in
          ConvolutionPass(strideTwoAdjointOf: shape, weights: weights, phase: phase, set: set)
        }
      return (ConvolutionPass(shape, weights: weights, flipped: false, set: set), adjoint)
    }
    self.bias = PackedWeights(count: roundUp16(shape.outputs)) {
      $0.update(repeating: 0, count: roundUp16(shape.outputs))
      $0.update(from: bias, count: bias.count)
    }
  }

  /// The convolution of `input` plus the bias.
  ///
  /// `[batch, rows, columns, inputs]` to `[batch, rows / stride, columns / stride, outputs]`.
  public func forward(_ input: FeatureView, to output: FeatureOutput) {
    guard
      input.channels == shape.inputs, input.rows % shape.stride == 0,
      input.columns % shape.stride == 0
    else { shapeMismatch("input \(input.shape) for \(shape)") }
    forwardPass.run(
      input,
      output.kernelOutput(
        batch: input.batch, rows: input.rows / shape.stride,
        columns: input.columns / shape.stride, channels: shape.outputs, bias: bias.values))
  }

  /// The gradient with respect to the input after its activation; with the input as the output's
  /// gate, before it.
  ///
  /// `[batch, rows / stride, columns / stride, outputs]` to `[batch, rows, columns, inputs]`.
  public func backwardToInput(_ gradient: FeatureView, to output: FeatureOutput) {
    guard gradient.channels == shape.outputs else {
      shapeMismatch("gradient of \(gradient.channels) channels for \(shape)")
    }
    let whole = output.kernelOutput(
      batch: gradient.batch, rows: gradient.rows * shape.stride,
      columns: gradient.columns * shape.stride, channels: shape.inputs, bias: nil)
    for (index, pass) in adjointPasses.enumerated() {
      pass.run(
        gradient, shape.stride == 1 ? whole : whole.phase(row: index / 2, column: index % 2))
    }
  }

  /// The convolution of φ(`input`), φ a leaky rectifier of `slope`, plus the bias, plus `residual`.
  ///
  /// `[batch, rows, columns, inputs]` to `[batch, rows / stride, columns / stride, outputs]`.
  public func forward(
    _ input: Features, slope: Float = 1, adding residual: Features? = nil
  ) -> Features {
    let (h, w) = (input.rows / shape.stride, input.columns / shape.stride)
    if let residual, residual.shape != [input.batch, h, w, shape.outputs] {
      shapeMismatch("residual \(residual.shape) for an output of \(h) × \(w) × \(shape.outputs)")
    }
    return Features(batch: input.batch, rows: h, columns: w, channels: shape.outputs) { out in
      input.withView(slope: slope) { input in
        withOptionalPointer(residual?.values) {
          forward(input, to: FeatureOutput(out, added: $0))
        }
      }
    }
  }

  /// The gradient with respect to what the convolution read.
  ///
  /// `[batch, rows / stride, columns / stride, outputs]` to `[batch, rows, columns, inputs]`.
  public func backwardToInput(_ gradient: Features) -> Features {
    Features(
      batch: gradient.batch, rows: gradient.rows * shape.stride,
      columns: gradient.columns * shape.stride, channels: shape.inputs
    ) { out in
      gradient.withView { backwardToInput($0, to: FeatureOutput(out)) }
    }
  }

  /// The gradient with respect to `input` where the convolution read φ(`input`), φ a leaky rectifier
  /// of `slope`; plus `added` if given.
  ///
  /// `[batch, rows / stride, columns / stride, outputs]` to `[batch, rows, columns, inputs]`.
  public func backwardToInput(
    _ gradient: Features, activating input: Features, slope: Float, adding added: Features? = nil
  ) -> Features {
    if let added, added.shape != input.shape {
      shapeMismatch("cannot add \(added.shape) to a gradient of \(input.shape)")
    }
    return Features(
      batch: input.batch, rows: input.rows, columns: input.columns, channels: input.channels
    ) { out in
      gradient.withView { gradient in
        input.withView(slope: slope) { gate in
          withOptionalPointer(added?.values) {
            backwardToInput(
              gradient, to: FeatureOutput(out, added: $0, gate: slope == 1 ? nil : gate))
          }
        }
      }
    }
  }
}

extension feature_output {
  /// Every second row and column, from (`row`, `column`) on.
  fileprivate func phase(row firstRow: Int, column firstColumn: Int) -> feature_output {
    var part = self
    let at = firstRow * row + firstColumn * pixel
    part.values += at
    if let added { part.added = added + at }
    if let gate { part.gate = gate + firstRow * gate_row + firstColumn * gate_pixel }
    part.rows /= 2
    part.columns /= 2
    part.row *= 2
    part.pixel *= 2
    part.gate_row *= 2
    part.gate_pixel *= 2
    return part
  }
}
