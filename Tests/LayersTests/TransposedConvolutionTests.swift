import Foundation
import Layers
import TestSupport
import Testing

@Suite struct TransposedConvolutionTests {
  /// Every pixel adds its weights to the 4 × 4 pixels about its place, loop by loop.
  static func slow(_ x: Features, outputs: Int, weights: [Float]) -> Features {
    let (h, w) = (x.rows, x.columns)
    var sums = [Double](repeating: 0, count: x.batch * 4 * h * w * outputs)
    for n in 0..<x.batch {
      for row in 0..<h {
        for column in 0..<w {
          for a in 0..<4 {
            for b in 0..<4 {
              let (r, c) = (2 * row + a - 1, 2 * column + b - 1)
              guard r >= 0, r < 2 * h, c >= 0, c < 2 * w else { continue }
              let from: Int = ((n * h + row) * w + column) * x.channels
              let to: Int = ((n * 2 * h + r) * 2 * w + c) * outputs
              for i in 0..<x.channels {
                let value = Double(x.values[from + i])
                for o in 0..<outputs {
                  let place: Int = ((i * outputs + o) * 4 + a) * 4 + b
                  sums[to + o] += value * Double(weights[place])
                }
              }
            }
          }
        }
      }
    }
    return Features(
      batch: x.batch, rows: 2 * h, columns: 2 * w, channels: outputs,
      values: sums.map { Float($0) })
  }

  private func random(_ shape: [Int], seed: UInt64) -> Features {
    Features(
      batch: shape[0], rows: shape[1], columns: shape[2], channels: shape[3],
      values: testValues(shape.reduce(1, *), seed: seed))
  }

  @Test(arguments: [[7, 6, 4, 4], [5, 17, 3, 2], [16, 1, 9, 5], [3, 16, 1, 1]])
  func itIsTheDefinitionAndItsAdjoint(sizes: [Int]) {
    let (inputs, outputs, rows, columns) = (sizes[0], sizes[1], sizes[2], sizes[3])
    let weights = testValues(inputs * outputs * 16, seed: 3)
    let x = random([2, rows, columns, inputs], seed: 4)
    let expected = Self.slow(x, outputs: outputs, weights: weights)
    let scale = expected.values.map(abs).max() ?? 1
    let gradient = random(expected.shape, seed: 5)
    for set in ConvolutionCase.kernelSets {
      let layer = TransposedConvolution(
        inputs: inputs, outputs: outputs, weights: weights, kernelSet: set)
      let found = layer.forward(x)
      #expect(found.shape == expected.shape)
      #expect(largestDifference(found.values, expected.values) < 2e-5 * scale)
      let back = layer.backward(gradient)
      #expect(back.shape == x.shape)
      func product(_ a: Features, _ b: Features) -> Double {
        zip(a.values, b.values).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
      }
      let (one, other) = (product(expected, gradient), product(x, back))
      let size = (product(expected, expected) * product(gradient, gradient)).squareRoot()
      #expect(abs(one - other) < 1e-5 * size)
    }
  }

  /// φ of every kind in double precision, and its slope by differences.
  @Test(arguments: BiasActivation.Kind.allCases)
  func activations(kind: BiasActivation.Kind) {
    func value(_ x: Double) -> Double {
      switch kind {
      case .none: x
      case .relu: x > 0 ? x : 0
      case .leaky: x > 0 ? x : 0.2 * x
      case .softplus: log(1 + exp(x))
      case .tanh: tanh(x)
      case .sigmoid: 1 / (1 + exp(-x))
      }
    }
    // 13,005 pixels are more than one piece of work.
    let x = Features(
      rows: 85, columns: 153, channels: 3,
      values: testValues(3 * 85 * 153, seed: 8).map { 6 * $0 })
    let bias: [Float] = [0.3, -0.5, 0.01]
    let activation = BiasActivation(kind, bias: bias)
    let y = activation.forward(x)
    let back = activation.backward(x, output: y)
    var worst = (value: 0.0, slope: 0.0)
    for index in 0..<x.values.count {
      let at = Double(x.values[index]) + Double(bias[index % 3])
      if abs(at) < 1e-3 { continue }
      worst.value = max(worst.value, abs(Double(y.values[index]) - value(at)))
      let slope = (value(at + 1e-5) - value(at - 1e-5)) / 2e-5
      worst.slope = max(
        worst.slope, abs(Double(back.values[index]) - Double(x.values[index]) * slope))
    }
    #expect(worst.value < 2e-6 && worst.slope < 2e-5, "\(worst)")
    // Where an exponential would overflow.
    let far = activation.forward(
      Features(rows: 1, columns: 1, channels: 3, values: [200, -200, 90]))
    let still = Features(rows: 1, columns: 1, channels: 3, repeating: 1)
    let slopes = activation.backward(still, output: far)
    let isFinite = (Array(far.values) + Array(slopes.values)).allSatisfy(\.isFinite)
    #expect(isFinite)
  }
}
