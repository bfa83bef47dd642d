import Layers
import TestSupport
import Testing

/// Input without a border, activation while reading, gate and addition while writing, strided views.
@Suite struct ConvolutionViewTests {
  let slope: Float = 0.2

  @Test(arguments: ConvolutionCase.all)
  func forwardActivatesWhileItReads(_ test: ConvolutionCase) {
    let expected = NaiveConvolution.forward(
      rectified(test.input, slope: slope), shape: test.shape, weights: test.weights,
      bias: test.bias)
    let output = test.convolution.forward(test.input, slope: slope)
    #expect(output.shape == expected.shape)
    #expect(relativeError(output.values, expected.values) < 1e-4)
  }

  @Test(arguments: ConvolutionCase.all)
  func backwardGoesThroughTheActivationWhileItWrites(_ test: ConvolutionCase) {
    let convolution = test.convolution
    let output = convolution.forward(test.input)
    let gradient = Features(
      batch: 2, rows: output.rows, columns: output.columns, channels: output.channels,
      values: testValues(output.values.count, seed: 7))
    let added = Features(
      batch: 2, rows: test.rows, columns: test.columns, channels: test.shape.inputs,
      values: testValues(test.input.values.count, seed: 9))
    let plain = convolution.backwardToInput(gradient)
    var expected = plain
    for i in expected.values.indices where !(test.input.values[i] > 0) {
      expected.values[i] *= slope
    }
    let gated = convolution.backwardToInput(gradient, activating: test.input, slope: slope)
    #expect(relativeError(gated.values, expected.values) < 1e-6)
    expected.add(added)
    let sum = convolution.backwardToInput(
      gradient, activating: test.input, slope: slope, adding: added)
    #expect(relativeError(sum.values, expected.values) < 1e-6)
    // The gate sits where the input sits: something must have passed it and something must not.
    #expect(gated.values != plain.values)
  }

  @Test(arguments: ConvolutionCase.all)
  func aRangeOfChannelsIsAView(_ test: ConvolutionCase) {
    // The input as the middle channels of something wider.
    let (before, after) = (3, 5)
    let wide = before + test.shape.inputs + after
    let pixels = 2 * test.rows * test.columns
    var values = testValues(pixels * wide, seed: 10)
    for pixel in 0..<pixels {
      for c in 0..<test.shape.inputs {
        values[pixel * wide + before + c] = test.input.values[pixel * test.shape.inputs + c]
      }
    }
    let convolution = test.convolution
    let expected = convolution.forward(test.input, slope: slope)
    var output = [Float](repeating: .nan, count: expected.values.count)
    values.withUnsafeBufferPointer { values in
      output.withUnsafeMutableBufferPointer { output in
        guard let from = values.baseAddress, let to = output.baseAddress else { return }
        let view = FeatureView(
          from + before, batch: 2, rows: test.rows, columns: test.columns,
          channels: test.shape.inputs,
          strides: (test.rows * test.columns * wide, test.columns * wide, wide), slope: slope)
        convolution.forward(view, to: FeatureOutput(to))
      }
    }
    #expect(expected.values == output)
  }

  @Test(arguments: [(16, 16), (4, 16), (16, 1)])
  func notANumberPasses(_ inputs: Int, _ outputs: Int) {
    let shape = ConvolutionShape(inputs: inputs, outputs: outputs, kernel: 3)
    let convolution = Convolution(
      shape: shape, weights: testValues(shape.weightCount, seed: 1),
      bias: testValues(outputs, seed: 2))
    var input = Features(
      rows: 9, columns: 9, channels: inputs, values: testValues(81 * inputs, seed: 3))
    input.values[40 * inputs] = .nan
    let output = convolution.forward(input, slope: slope)
    for pixel in [30, 40, 50] { #expect(output.values[pixel * outputs].isNaN) }
    let gradient = Features(
      rows: 9, columns: 9, channels: outputs, values: testValues(81 * outputs, seed: 4))
    var weights = [Float](repeating: 0, count: shape.weightCount)
    var bias = [Float](repeating: 0, count: outputs)
    addWeightGradient(
      shape, input: input, slope: slope, gradient: gradient, weights: &weights, bias: &bias)
    #expect(weights[0].isNaN)
  }
}

/// The weight gradient of features, through views.
func addWeightGradient(
  _ shape: ConvolutionShape, input: Features, slope: Float, gradient: Features,
  weights: inout [Float], bias: inout [Float], kernelSet: String? = nil
) {
  weights.withUnsafeMutableBufferPointer { w in
    bias.withUnsafeMutableBufferPointer { b in
      input.withView(slope: slope) { input in
        gradient.withView { gradient in
          shape.addWeightGradient(
            input: input, gradient: gradient, weights: w, bias: b, kernelSet: kernelSet)
        }
      }
    }
  }
}
