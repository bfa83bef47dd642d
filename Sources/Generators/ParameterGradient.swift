public import Layers

/// The gradient with respect to the flat vector of parameters, filled during a backward pass.
public final class ParameterGradient {
  public private(set) var values: FeatureValues
  /// Sees each convolution in a backward pass: what it read, and the gradient of what it gave.
  var observer: ((ConvolutionSlot, ConvolutionLayer.Saved, Features) -> Void)?

  public init(count: Int) { values = FeatureValues(repeating: 0, count: count) }

  /// The Euclidean norm, in double precision.
  public var norm: Double { sumOfSquares(values).squareRoot() }

  func reset() {
    values.withUnsafeMutableBufferPointer { $0.update(repeating: 0) }
  }

  func add(_ slot: ConvolutionSlot, _ saved: ConvolutionLayer.Saved, gradient: Features) {
    observer?(slot, saved, gradient)
    values.withUnsafeMutableBufferPointer { all in
      slot.shape.addWeightGradient(
        input: saved.input, slope: saved.slope, gradient: gradient,
        weights: UnsafeMutableBufferPointer(rebasing: all[slot.weights]),
        bias: UnsafeMutableBufferPointer(rebasing: all[slot.bias]))
    }
  }

  func withValues<Result>(_ body: (UnsafeMutableBufferPointer<Float>) -> Result) -> Result {
    values.withUnsafeMutableBufferPointer { body($0) }
  }
}
