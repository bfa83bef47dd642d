/// The sizes of a convolution: kernel 1 (stride 1), 3 (stride 1) or 4 (stride 2), zero padding that
/// keeps the size (or halves it).
public struct ConvolutionShape: Sendable, Hashable {
  public let inputs: Int
  public let outputs: Int
  /// Kernel rows and columns.
  public let kernel: Int

  public init(inputs: Int, outputs: Int, kernel: Int) {
    guard kernel == 1 || kernel == 3 || kernel == 4 else {
      shapeMismatch("kernel \(kernel); kernels of 1, 3 and 4 (stride 2) exist")
    }
    self.inputs = inputs
    self.outputs = outputs
    self.kernel = kernel
  }

  public var stride: Int { kernel == 4 ? 2 : 1 }
  /// The zero border that the input needs.
  public var border: Int { kernel == 1 ? 0 : 1 }
  /// The number of weights, `outputs × inputs × kernel × kernel`.
  public var weightCount: Int { outputs * inputs * kernel * kernel }
}

func roundUp16(_ channels: Int) -> Int { (channels + 15) / 16 * 16 }
