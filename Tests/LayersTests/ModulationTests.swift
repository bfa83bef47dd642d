import TestSupport
import Testing

@testable import Layers

/// The layers of StyleGAN2 against their definitions, loop by loop, at odd sizes.
@Suite struct ModulationTests {
  private let sizes = (rows: 5, columns: 3, inputs: 7, outputs: 4)
  private let input: Features
  private let weights: [Float]
  private let styles: [Float]

  init() {
    let (rows, columns, inputs, outputs) = sizes
    input = Features(
      rows: rows, columns: columns, channels: inputs,
      values: testValues(rows * columns * inputs, seed: 1))
    weights = testValues(outputs * inputs * 9, seed: 2)
    styles = testValues(inputs, seed: 3).map { 1 + $0 }
  }

  private func layer(upsamples: Bool, demodulates: Bool) -> ModulatedConvolution {
    ModulatedConvolution(
      shape: ConvolutionShape(inputs: sizes.inputs, outputs: sizes.outputs, kernel: 3),
      weights: weights, upsamples: upsamples, demodulates: demodulates)
  }

  /// The weights of the styles, as the paper has them.
  private func modulatedWeights(demodulates: Bool) -> [Float] {
    (0..<sizes.outputs).flatMap { output in
      let all = (0..<9 * sizes.inputs).map {
        Double(styles[$0 / 9]) * Double(weights[output * 9 * sizes.inputs + $0])
      }
      let norm = (all.reduce(1e-8) { $0 + $1 * $1 }).squareRoot()
      return all.map { Float(demodulates ? $0 / norm : $0) }
    }
  }

  /// t[2 i + p] += x[i] W[p], then out[n] = Σ f[k] t[n + k − 1] along both axes.
  private func naiveUpsampling(_ weights: [Float]) -> Features {
    let (rows, columns, inputs, outputs) = sizes
    let (h, w) = (2 * rows + 1, 2 * columns + 1)
    var wide = [Double](repeating: 0, count: h * w * outputs)
    for r in 0..<rows {
      for c in 0..<columns {
        for o in 0..<outputs {
          for i in 0..<inputs {
            let x = Double(input.values[(r * columns + c) * inputs + i])
            for p in 0..<3 {
              for q in 0..<3 {
                wide[((2 * r + p) * w + 2 * c + q) * outputs + o] +=
                  x * Double(weights[(o * inputs + i) * 9 + 3 * p + q])
              }
            }
          }
        }
      }
    }
    let filter = [0.25, 0.75, 0.75, 0.25]
    var out = Features(rows: 2 * rows, columns: 2 * columns, channels: outputs, repeating: 0)
    for r in 0..<2 * rows {
      for c in 0..<2 * columns {
        for o in 0..<outputs {
          var sum = 0.0
          for k in 0..<4 {
            for l in 0..<4 where (0..<h).contains(r + k - 1) && (0..<w).contains(c + l - 1) {
              sum += filter[k] * filter[l] * wide[((r + k - 1) * w + c + l - 1) * outputs + o]
            }
          }
          out.values[(r * 2 * columns + c) * outputs + o] = Float(sum)
        }
      }
    }
    return out
  }

  private func result(
    _ layer: ModulatedConvolution, _ input: Features, styles: [Float], noise: [Float]? = nil,
    activation: NoisyActivation
  ) -> Features {
    let pass = layer.forward(input, styles: styles)
    return activation.forward(pass.output, factors: pass.factors, noise: noise)
  }

  private func plain(upsamples: Bool) -> NoisyActivation {
    NoisyActivation(
      bias: [Float](repeating: 0, count: sizes.outputs), strength: 0, gain: 1, slope: 1, clamp: nil,
      interleaves: upsamples)
  }

  @Test(arguments: [true, false])
  func theConvolutionIsThatOfModulatedWeights(demodulates: Bool) {
    let expected = NaiveConvolution.forward(
      input, shape: ConvolutionShape(inputs: sizes.inputs, outputs: sizes.outputs, kernel: 3),
      weights: modulatedWeights(demodulates: demodulates),
      bias: [Float](repeating: 0, count: sizes.outputs))
    let found = result(
      layer(upsamples: false, demodulates: demodulates), input, styles: styles,
      activation: plain(upsamples: false))
    #expect(largestDifference(found.values, expected.values) < 1e-5)
  }

  @Test func upsamplingIsATransposedConvolutionAndAFilter() {
    let found = result(
      layer(upsamples: true, demodulates: true), input, styles: styles,
      activation: plain(upsamples: true))
    let expected = naiveUpsampling(modulatedWeights(demodulates: true))
    #expect(found.shape == [1, 10, 6, 4])
    #expect(largestDifference(found.values, expected.values) < 1e-5)
  }

  /// The adjoint in the weights: the kernels' phases are linear in them.
  @Test func gradientsOfPhasesAreTheAdjoint() {
    let phases = testValues(4 * weights.count, seed: 5)
    let left = zip(UpsamplingKernel.phases(of: weights), phases).reduce(0.0) {
      $0 + Double($1.0) * Double($1.1)
    }
    let right = zip(weights, UpsamplingKernel.gradient(ofPhases: phases)).reduce(0.0) {
      $0 + Double($1.0) * Double($1.1)
    }
    #expect(abs(left - right) < 1e-5 * abs(left))
  }

  /// Derivatives along a random direction in all arguments against central differences.
  @Test(arguments: [(true, true), (false, true), (false, false)])
  func derivativesAreThoseOfDifferences(upsamples: Bool, demodulates: Bool) {
    let layer = layer(upsamples: upsamples, demodulates: demodulates)
    let up = upsamples ? 2 : 1
    let pixels = up * up * sizes.rows * sizes.columns
    let noise = testValues(pixels, seed: 6)
    let bias = testValues(sizes.outputs, seed: 7)
    func activation(_ bias: [Float], _ strength: Float) -> NoisyActivation {
      NoisyActivation(
        bias: bias, strength: strength, gain: Float(2).squareRoot(), slope: 0.2, clamp: 50,
        interleaves: upsamples)
    }
    let pass = layer.forward(input, styles: styles)
    let active = activation(bias, 0.3)
    let output = active.forward(pass.output, factors: pass.factors, noise: noise)
    let gradient = Features(
      rows: output.rows, columns: output.columns, channels: output.channels,
      values: testValues(output.values.count, seed: 8))
    let back = active.backward(gradient, output: output, factors: pass.factors, noise: noise)
    var weightGradient = [Float](repeating: 0, count: weights.count)
    let (toInput, toStyles) = weightGradient.withUnsafeMutableBufferPointer {
      layer.backward(back.input, scaled: back.scaled, pass: pass, weights: ($0, weights))
    }

    let directions = [
      testValues(input.values.count, seed: 11), testValues(styles.count, seed: 12),
      testValues(noise.count, seed: 13), testValues(bias.count, seed: 14), [1],
      testValues(weights.count, seed: 15),
    ]
    /// <output, gradient> with argument `which` moved by `step`.
    func loss(_ which: Int, _ step: Float) -> Double {
      func moved(_ values: [Float], _ index: Int) -> [Float] {
        which == index ? zip(values, directions[index]).map { $0 + step * $1 } : values
      }
      let x = Features(
        rows: input.rows, columns: input.columns, channels: input.channels,
        values: moved(input.values.withUnsafeBufferPointer { Array($0) }, 0))
      let layer = ModulatedConvolution(
        shape: layer.shape, weights: moved(weights, 5), upsamples: upsamples,
        demodulates: demodulates)
      let out = result(
        layer, x, styles: moved(styles, 1), noise: moved(noise, 2),
        activation: activation(moved(bias, 3), moved([0.3], 4)[0]))
      return dot(out.values, gradient.values)
    }
    func along(_ which: Int, _ gradient: some Sequence<Double>) -> Double {
      zip(gradient, directions[which]).reduce(0.0) { $0 + $1.0 * Double($1.1) }
    }
    let found = [
      along(0, toInput.values.withUnsafeBufferPointer { $0.map { Double($0) } }),
      along(1, toStyles), along(2, back.noise.map { Double($0) }), along(3, back.bias),
      along(4, [back.strength]), along(5, weightGradient.map { Double($0) }),
    ]
    for which in 0..<6 {
      let step: Float = 1e-3
      let expected = (loss(which, step) - loss(which, -step)) / Double(2 * step)
      #expect(
        abs(found[which] - expected) < 0.02 * max(1, abs(expected)),
        "argument \(which): \(found[which]), by differences \(expected)")
    }
  }

  /// Beyond the clamp nothing changes.
  @Test func theClampLetsNoGradientThrough() {
    let activation = NoisyActivation(
      bias: [0], strength: 0, gain: 1, slope: 0.2, clamp: 1, interleaves: false)
    let input = Features(
      rows: 1, columns: 4, channels: 1, values: [Float](arrayLiteral: 2, 0.5, -2, -9))
    let output = activation.forward(input, factors: [1], noise: nil)
    #expect(Array(output.values.withUnsafeBufferPointer { Array($0) }) == [1, 0.5, -0.4, -1])
    let ones = Features(rows: 1, columns: 4, channels: 1, repeating: 1)
    let back = activation.backward(ones, output: output, factors: [1], noise: nil)
    #expect(back.input.values.withUnsafeBufferPointer { Array($0) } == [0, 1, 0.2, 0])
  }

  @Test func smoothUpsamplingAndItsAdjoint() {
    let up = SmoothUpsampling.forward(input)
    #expect(up.shape == [1, 10, 6, 7])
    // A constant away from the border stays what it is.
    let flat = SmoothUpsampling.forward(Features(rows: 3, columns: 3, channels: 1, repeating: 2))
    #expect(flat.values[2 * 6 + 3] == 2 && flat.values[0] == 2 * 0.75 * 0.75)
    let gradient = Features(
      rows: 10, columns: 6, channels: 7, values: testValues(up.values.count, seed: 4))
    let left = dot(up.values, gradient.values)
    let right = dot(input.values, SmoothUpsampling.adjoint(gradient).values)
    #expect(abs(left - right) < 1e-5 * max(1, abs(left)))
  }
}
