import Layers
import TestSupport
import Testing

@Suite struct ConvolutionWeightGradientTests {
  @Test(arguments: ConvolutionCase.all)
  func matchesTheDefinition(_ test: ConvolutionCase) {
    let slope: Float = 0.2
    let (h, w) = (test.rows / test.shape.stride, test.columns / test.shape.stride)
    let gradient = Features(
      batch: 2, rows: h, columns: w, channels: test.shape.outputs,
      values: testValues(2 * h * w * test.shape.outputs, seed: 8))
    let expected = NaiveConvolution.weightGradient(
      rectified(test.input, slope: slope), gradient, shape: test.shape)
    // It adds to what is there.
    let start = testValues(test.shape.weightCount, seed: 11)
    var weights = start
    var bias = [Float](repeating: 1, count: test.shape.outputs)
    addWeightGradient(
      test.shape, input: test.input, slope: slope, gradient: gradient, weights: &weights,
      bias: &bias, kernelSet: test.kernelSet)
    for i in weights.indices { weights[i] -= start[i] }
    for o in bias.indices { bias[o] -= 1 }
    #expect(relativeError(weights, expected.weights) < 5e-5)
    #expect(largestDifference(bias, expected.bias) < 1e-4)
  }

  /// Large enough that the tiles are cut into groups (16 channels), or the channels into blocks.
  @Test(arguments: [(16, 16, 132), (80, 144, 18), (16, 3, 40), (2, 16, 40)])
  func doesNotDependOnTheNumberOfThreads(_ inputs: Int, _ outputs: Int, _ size: Int) {
    let shape = ConvolutionShape(inputs: inputs, outputs: outputs, kernel: 3)
    let input = Features(
      batch: 2, rows: size, columns: size + 1, channels: inputs,
      values: testValues(2 * size * (size + 1) * inputs, seed: 5))
    let gradient = Features(
      batch: 2, rows: size, columns: size + 1, channels: outputs,
      values: testValues(2 * size * (size + 1) * outputs, seed: 6))
    let results = [1, 2, 3].map { threads in
      withThreads(threads) {
        var weights = [Float](repeating: 0, count: shape.weightCount)
        var bias = [Float](repeating: 0, count: outputs)
        addWeightGradient(
          shape, input: input, slope: 1, gradient: gradient, weights: &weights, bias: &bias)
        return weights + bias
      }
    }
    #expect(results[0] == results[1] && results[1] == results[2])
    let expected = NaiveConvolution.weightGradient(input, gradient, shape: shape)
    #expect(relativeError(results[0], expected.weights + expected.bias) < 1e-4)
  }
}
