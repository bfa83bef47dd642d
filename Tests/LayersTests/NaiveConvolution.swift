import Layers

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

func largestDifference(_ a: some Sequence<Float>, _ b: some Sequence<Float>) -> Float {
  zip(a, b).map { abs($0 - $1) }.max() ?? 0
}
