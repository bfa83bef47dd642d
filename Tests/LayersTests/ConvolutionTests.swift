import Kernels
import Layers
import TestSupport
import Testing

struct ConvolutionCase: Sendable, CustomTestStringConvertible {
  let shape: ConvolutionShape
  let rows: Int
  let columns: Int
  let kernelSet: String

  var testDescription: String {
    "\(shape.inputs)→\(shape.outputs), kernel \(shape.kernel), \(rows)×\(columns), \(kernelSet)"
  }

  static let kernelSets: [String] = ["avx512", "avx2", "plain"].filter { (name: String) in
    kernels_named(name) != nil
  }

  static let all: [ConvolutionCase] = kernelSets.flatMap { set in
    [
      (1, 16, 3, 13, 9), (16, 1, 3, 7, 11), (5, 7, 3, 6, 5), (16, 16, 3, 9, 14),
      (32, 48, 3, 5, 7), (64, 64, 3, 12, 10), (128, 96, 3, 6, 6), (2, 16, 1, 5, 9),
      (16, 16, 1, 7, 3), (6, 48, 1, 4, 4), (16, 32, 4, 10, 14), (3, 5, 4, 6, 8),
      (24, 40, 3, 10, 7), (8, 24, 3, 9, 9), (20, 3, 3, 8, 37), (16, 2, 1, 3, 40),
      (4, 16, 3, 5, 21), (96, 24, 3, 7, 5), (3, 2, 4, 12, 40),
    ].map { i, o, k, h, w in
      ConvolutionCase(
        shape: ConvolutionShape(inputs: i, outputs: o, kernel: k), rows: h, columns: w,
        kernelSet: set)
    }
  }

  var weights: [Float] { testValues(shape.weightCount, seed: 3) }
  var bias: [Float] { testValues(shape.outputs, seed: 4) }
  var input: Features {
    let count = 2 * rows * columns * shape.inputs
    return Features(
      batch: 2, rows: rows, columns: columns, channels: shape.inputs,
      values: testValues(count, seed: 5))
  }
  var convolution: Convolution {
    Convolution(shape: shape, weights: weights, bias: bias, kernelSet: kernelSet)
  }
}

@Suite struct ConvolutionTests {
  @Test(arguments: ConvolutionCase.all)
  func forwardMatchesTheDefinition(_ test: ConvolutionCase) {
    let expected = NaiveConvolution.forward(
      test.input, shape: test.shape, weights: test.weights, bias: test.bias)
    let output = test.convolution.forward(test.input)
    let scale = expected.values.map(abs).max() ?? 1
    #expect(largestDifference(output.values, expected.values) < 2e-5 * scale)

    let residual = Features(
      batch: 2, rows: output.rows, columns: output.columns, channels: output.channels,
      values: testValues(output.values.count, seed: 6))
    let sum = test.convolution.forward(test.input, adding: residual)
    var expectedSum = expected
    expectedSum.add(residual)
    #expect(largestDifference(sum.values, expectedSum.values) < 2e-5 * scale)
  }

  @Test(arguments: ConvolutionCase.all)
  func backwardToInputIsTheAdjoint(_ test: ConvolutionCase) {
    let zeroBias = Convolution(
      shape: test.shape, weights: test.weights,
      bias: Array(repeating: 0, count: test.shape.outputs), kernelSet: test.kernelSet)
    let output = zeroBias.forward(test.input)
    let gradient = Features(
      batch: 2, rows: output.rows, columns: output.columns, channels: output.channels,
      values: testValues(output.values.count, seed: 7))
    let back = zeroBias.backwardToInput(gradient)
    #expect(back.shape == test.input.shape)
    let (a, b) = (dot(output.values, gradient.values), dot(test.input.values, back.values))
    let size =
      (dot(output.values, output.values) * dot(gradient.values, gradient.values)).squareRoot()
    #expect(abs(a - b) < 1e-5 * size)
  }

  @Test(arguments: [(512, 3), (512, 6), (16, 132)])
  func resultsDoNotDependOnTheNumberOfThreads(_ channels: Int, _ size: Int) {
    let shape = ConvolutionShape(inputs: channels, outputs: channels, kernel: 3)
    let convolution = Convolution(
      shape: shape, weights: testValues(shape.weightCount, seed: 3),
      bias: testValues(channels, seed: 4))
    let input = Features(
      batch: 1, rows: size, columns: size, channels: channels,
      values: testValues(size * size * channels, seed: 5))
    let results = [1, 2, 3].map { threads in
      withThreads(threads) { convolution.forward(input).values }
    }
    #expect(results[0] == results[1] && results[1] == results[2])
    // Many blocks of tiles, or outputs cut into chunks: still the definition.
    if channels == 16 {
      let expected = NaiveConvolution.forward(
        input, shape: shape, weights: testValues(shape.weightCount, seed: 3),
        bias: testValues(channels, seed: 4))
      #expect(relativeError(results[0], expected.values) < 1e-4)
    }
  }

  /// The largest error relative to the root mean square of the output, values uniform in (-1, 1).
  @Test(arguments: ConvolutionCase.kernelSets)
  func winogradErrorIsBounded(_ kernelSet: String) {
    for (channels, bound) in [(16, 3e-5), (128, 6e-5)] {
      let shape = ConvolutionShape(inputs: channels, outputs: channels, kernel: 3)
      let weights = testValues(shape.weightCount, seed: 3)
      let bias = testValues(channels, seed: 4)
      let input = Features(
        rows: 17, columns: 18, channels: channels,
        values: testValues(17 * 18 * channels, seed: 5))
      let output = Convolution(shape: shape, weights: weights, bias: bias, kernelSet: kernelSet)
        .forward(input)
      let expected = NaiveConvolution.forward(input, shape: shape, weights: weights, bias: bias)
      let error = relativeError(output.values, expected.values)
      #expect(error < bound)
      // Float sums of products cannot be exact: an error of nothing would compare a thing with itself.
      #expect(error > 1e-8)
    }
  }
}
