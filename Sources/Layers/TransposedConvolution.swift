/// A transposed convolution of 4 × 4 weights and stride 2, one pixel cut from each side: rows and columns
/// double.
///
/// It is the adjoint of a convolution of stride 2, whose kernels do it in four phases, and that convolution is
/// its own adjoint. Source: Radford, Metz and Chintala, ICLR 2016; PyTorch's `ConvTranspose2d(…, 4, 2, 1)`.
public struct TransposedConvolution: Sendable {
  public let inputs: Int
  public let outputs: Int
  private let adjoint: Convolution

  /// Prepares a layer; another number of weights stops the program.
  ///
  /// - Parameters:
  ///   - weights: `[inputs, outputs, 4, 4]`, as PyTorch keeps them.
  ///   - kernelSet: `avx512`, `avx2` or `plain`; the best for this processor if nil.
  public init(inputs: Int, outputs: Int, weights: [Float], kernelSet: String? = nil) {
    (self.inputs, self.outputs) = (inputs, outputs)
    adjoint = Convolution(
      shape: ConvolutionShape(inputs: outputs, outputs: inputs, kernel: 4), weights: weights,
      bias: [Float](repeating: 0, count: inputs), kernelSet: kernelSet)
  }

  /// `[batch, rows, columns, inputs]` to `[batch, 2 rows, 2 columns, outputs]`, without a bias.
  public func forward(_ input: Features) -> Features { adjoint.backwardToInput(input) }

  /// The gradient with respect to the input: `[batch, 2 rows, 2 columns, outputs]` to
  /// `[batch, rows, columns, inputs]`.
  public func backward(_ gradient: Features) -> Features { adjoint.forward(gradient) }
}
