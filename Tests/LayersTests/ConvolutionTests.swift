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
    let input = PaddedFeatures(test.input, border: test.shape.border)
    let output = test.convolution.forward(input)
    let scale = expected.values.map(abs).max() ?? 1
    #expect(largestDifference(output.values, expected.values) < 2e-5 * scale)

    let residual = Features(
      batch: 2, rows: output.rows, columns: output.columns, channels: output.channels,
      values: testValues(output.values.count, seed: 6))
    let sum = test.convolution.forward(input, adding: residual)
    var expectedSum = expected
    expectedSum.add(residual)
    #expect(largestDifference(sum.values, expectedSum.values) < 2e-5 * scale)
  }

  @Test(arguments: ConvolutionCase.all)
  func backwardToInputIsTheAdjoint(_ test: ConvolutionCase) {
    let zeroBias = Convolution(
      shape: test.shape, weights: test.weights,
      bias: Array(repeating: 0, count: test.shape.outputs), kernelSet: test.kernelSet)
    let output = zeroBias.forward(PaddedFeatures(test.input, border: test.shape.border))
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

  @Test(arguments: ConvolutionCase.all.filter { $0.kernelSet == ConvolutionCase.all[0].kernelSet })
  func backwardToWeightsIsTheAdjoint(_ test: ConvolutionCase) {
    let padded = PaddedFeatures(test.input, border: test.shape.border)
    let output = test.convolution.forward(padded)
    let gradient = Features(
      batch: 2, rows: output.rows, columns: output.columns, channels: output.channels,
      values: testValues(output.values.count, seed: 8))
    var weightGradient = [Float](repeating: 0, count: test.shape.weightCount)
    var biasGradient = [Float](repeating: 0, count: test.shape.outputs)
    weightGradient.withUnsafeMutableBufferPointer { w in
      biasGradient.withUnsafeMutableBufferPointer { b in
        test.shape.addWeightGradient(input: padded, gradient: gradient, weights: w, bias: b)
      }
    }
    // The output is linear in weights and bias: <output, g> = <weights, dW> + <bias, db>.
    let left = dot(output.values, gradient.values)
    let right = dot(test.weights, weightGradient) + dot(test.bias, biasGradient)
    let size =
      (dot(output.values, output.values) * dot(gradient.values, gradient.values)).squareRoot()
    #expect(abs(left - right) < 1e-5 * size)
    // One weight by itself, so that a permuted gradient cannot pass.
    for index in [0, test.shape.weightCount / 2, test.shape.weightCount - 1] {
      var unit = [Float](repeating: 0, count: test.shape.weightCount)
      unit[index] = 1
      let response = NaiveConvolution.forward(
        test.input, shape: test.shape, weights: unit,
        bias: Array(repeating: 0, count: test.shape.outputs))
      let expected = dot(response.values, gradient.values)
      #expect(abs(expected - Double(weightGradient[index])) < 1e-3 * max(1, abs(expected)))
    }
  }

  @Test func resultsDoNotDependOnTheNumberOfThreads() {
    let test = ConvolutionCase.all[5]
    let input = PaddedFeatures(test.input, border: 1)
    let results = [1, 2, 3].map { threads in
      withThreads(threads) { test.convolution.forward(input).values }
    }
    #expect(results[0] == results[1] && results[1] == results[2])
  }
}
