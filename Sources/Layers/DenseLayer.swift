/// A dense layer of one vector: y = gain · φ(W x + b), φ a leaky rectifier.
public struct DenseLayer: Sendable {
  public let inputs: Int
  public let outputs: Int
  /// The slope of φ below zero; 1 for none.
  public let slope: Float
  public let gain: Float
  /// `[outputs, inputs]`.
  private let weights: [Float]
  private let bias: [Float]

  /// Weights `[outputs, inputs]` and a bias `[outputs]`; other counts stop the program.
  public init(weights: [Float], bias: [Float], slope: Float = 1, gain: Float = 1) {
    guard !bias.isEmpty, weights.count % bias.count == 0 else {
      shapeMismatch("\(weights.count) weights and \(bias.count) biases of a dense layer")
    }
    (self.weights, self.bias, self.slope, self.gain) = (weights, bias, slope, gain)
    outputs = bias.count
    inputs = weights.count / bias.count
  }

  public func forward(_ input: [Float]) -> [Float] {
    guard input.count == inputs else {
      shapeMismatch("\(input.count) values for a dense layer of \(inputs)")
    }
    return (0..<outputs).map { output in
      var sum = Double(bias[output])
      for index in 0..<inputs {
        sum += Double(weights[output * inputs + index]) * Double(input[index])
      }
      return gain * Float(sum > 0 ? sum : Double(slope) * sum)
    }
  }

  /// The gradient with respect to the input.
  ///
  /// - Parameters:
  ///   - gradient: with respect to the output.
  ///   - output: what `forward` gave for `input`.
  ///   - parameters: gradients with respect to weights and bias, which are added to.
  public func backward(
    _ gradient: [Double], input: [Float], output: [Float],
    parameters: (
      weights: UnsafeMutableBufferPointer<Float>, bias: UnsafeMutableBufferPointer<Float>
    )? = nil
  ) -> [Double] {
    var result = [Double](repeating: 0, count: inputs)
    for index in 0..<outputs {
      let back = gradient[index] * Double(gain) * (output[index] > 0 ? 1 : Double(slope))
      for j in 0..<inputs { result[j] += back * Double(weights[index * inputs + j]) }
      guard let parameters else { continue }
      parameters.bias[index] += Float(back)
      for j in 0..<inputs {
        parameters.weights[index * inputs + j] += Float(back * Double(input[j]))
      }
    }
    return result
  }
}
