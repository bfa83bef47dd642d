import Layers
import TestSupport

/// The definition of a convolution, loop by loop, in Double: the oracle of the kernels.
enum NaiveConvolution {
  static func forward(
    _ x: Features, shape: ConvolutionShape, weights: [Float], bias: [Float]
  ) -> Features {
    let (k, s, border) = (shape.kernel, shape.stride, shape.border)
    let (h, w) = (x.rows / s, x.columns / s)
    var out = Features(
      batch: x.batch, rows: h, columns: w, channels: shape.outputs, repeating: 0)
    for n in 0..<x.batch {
      for y in 0..<h {
        for c in 0..<w {
          for o in 0..<shape.outputs {
            var sum = Double(bias[o])
            for a in 0..<k {
              for b in 0..<k {
                let (r, q) = (y * s + a - border, c * s + b - border)
                guard r >= 0, r < x.rows, q >= 0, q < x.columns else { continue }
                for i in 0..<shape.inputs {
                  sum +=
                    Double(x.values[((n * x.rows + r) * x.columns + q) * x.channels + i])
                    * Double(weights[((o * shape.inputs + i) * k + a) * k + b])
                }
              }
            }
            out.values[((n * h + y) * w + c) * shape.outputs + o] = Float(sum)
          }
        }
      }
    }
    return out
  }

  /// The gradients of <forward(x), gradient> with respect to weights and bias.
  static func weightGradient(
    _ x: Features, _ gradient: Features, shape: ConvolutionShape
  ) -> (weights: [Float], bias: [Float]) {
    let (k, s, border) = (shape.kernel, shape.stride, shape.border)
    var weights = [Double](repeating: 0, count: shape.weightCount)
    var bias = [Double](repeating: 0, count: shape.outputs)
    for n in 0..<x.batch {
      for y in 0..<gradient.rows {
        for c in 0..<gradient.columns {
          let pixel = (n * gradient.rows + y) * gradient.columns + c
          for o in 0..<shape.outputs {
            let g = Double(gradient.values[pixel * shape.outputs + o])
            bias[o] += g
            for a in 0..<k {
              for b in 0..<k {
                let (r, q) = (y * s + a - border, c * s + b - border)
                guard r >= 0, r < x.rows, q >= 0, q < x.columns else { continue }
                let from = ((n * x.rows + r) * x.columns + q) * x.channels
                for i in 0..<shape.inputs {
                  weights[((o * shape.inputs + i) * k + a) * k + b] +=
                    g * Double(x.values[from + i])
                }
              }
            }
          }
        }
      }
    }
    return (weights.map { Float($0) }, bias.map { Float($0) })
  }
}

/// A leaky rectifier, value by value.
func rectified(_ x: Features, slope: Float) -> Features {
  var result = x
  for i in result.values.indices where !(result.values[i] > 0) { result.values[i] *= slope }
  return result
}

/// Reproducible values in (-1, 1) for tests.
func testValues(_ count: Int, seed: UInt64) -> [Float] {
  var state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1
  return (0..<count).map { _ in
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return Float(Int64(bitPattern: state) >> 40) / Float(1 << 23)
  }
}

func dot(_ a: some Sequence<Float>, _ b: some Sequence<Float>) -> Double {
  zip(a, b).reduce(0) { $0 + Double($1.0) * Double($1.1) }
}

/// The largest error relative to the root mean square of what is expected.
func relativeError(_ values: some Collection<Float>, _ expected: some Collection<Float>) -> Double {
  let power = dot(expected, expected) / Double(max(1, expected.count))
  return Double(largestDifference(values, expected)) / power.squareRoot()
}
