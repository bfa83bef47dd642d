import Arrays

/// What follows a modulated convolution of one image: scaling, noise, bias, leaky rectifier.
///
/// y = clamp(gain · φ(d_o u_o + strength · noise + b_o)), φ a leaky rectifier of `slope`. Source:
/// NVlabs/stylegan2-ada-pytorch:training/networks.py, `SynthesisLayer`, with gain √2 and slope 0.2.
public struct NoisyActivation: Sendable {
  /// `[channels]`.
  public let bias: [Float]
  public let strength: Float
  public let gain: Float
  /// The slope below zero; 1 for no rectifier.
  public let slope: Float
  /// The largest magnitude that goes on; nil for any.
  public let clamp: Float?
  /// Whether four phases are put together to twice the size.
  public let interleaves: Bool

  public init(
    bias: [Float], strength: Float, gain: Float, slope: Float, clamp: Float?, interleaves: Bool
  ) {
    (self.bias, self.strength, self.gain, self.slope) = (bias, strength, gain, slope)
    self.clamp = clamp
    self.interleaves = interleaves
  }

  /// Where pixels of the result stand in what comes in: the offset of its first channel.
  private struct Places {
    let columns: Int
    let channels: Int
    let interleaves: Bool

    func input(row: Int, column: Int) -> Int {
      if !interleaves { return (row * columns + column) * channels }
      let phase = 2 * (row % 2) + column % 2
      return ((row / 2 * (columns / 2) + column / 2) * 4 + phase) * channels
    }
  }

  private func places(columns: Int) -> Places {
    Places(columns: columns, channels: bias.count, interleaves: interleaves)
  }

  /// `[1, rows, columns, channels]`, or by phases, and d to the result.
  ///
  /// - Parameter noise: `[rows, columns]` of the result, or nil for none.
  public func forward(_ input: Features, factors: [Float], noise: [Float]?) -> Features {
    let (channels, up) = (bias.count, interleaves ? 2 : 1)
    let (rows, columns) = (up * input.rows, up * input.columns)
    guard input.batch == 1, input.channels == channels * up * up, factors.count == channels,
      noise.map({ $0.count == rows * columns }) ?? true
    else { shapeMismatch("an activation of \(channels) channels for \(input.shape)") }
    let places = places(columns: columns)
    let (positive, negative) = (gain, gain * slope)
    let most = clamp ?? .infinity
    return Features(batch: 1, rows: rows, columns: columns, channels: channels) { out in
      input.values.withUnsafeBufferPointer { input in
        withPointers(bias, factors, noise) { bias, factors, noise in
          nonisolated(unsafe) let (out, input, noise) = (out, input.baseAddress, noise)
          nonisolated(unsafe) let (bias, factors) = (bias, factors)
          parallelFor(rows) { row in
            guard let input else { return }
            for column in 0..<columns {
              let from = input + places.input(row: row, column: column)
              let to = out + (row * columns + column) * channels
              let added = noise.map { strength * $0[row * columns + column] } ?? 0
              for c in 0..<channels {
                let value = factors[c] * from[c] + (added + bias[c])
                let y = value > 0 ? positive * value : negative * value
                to[c] = max(-most, min(most, y))
              }
            }
          }
        }
      }
    }
  }

  /// What a backward pass gives.
  public struct Gradients {
    /// With respect to what came in, before the scaling by d.
    public let input: Features
    /// For each channel d times the gradient with respect to d.
    public let scaled: [Double]
    /// With respect to the noise, `[rows, columns]`.
    public let noise: [Float]
    /// With respect to the bias.
    public let bias: [Double]
    /// With respect to the noise's strength.
    public let strength: Double
  }

  /// Gradients with respect to everything that `forward` read.
  ///
  /// - Parameters:
  ///   - gradient: with respect to the result.
  ///   - output: the result of the forward pass: what came in follows from it wherever the gradient is
  ///     not zero.
  public func backward(
    _ gradient: Features, output: Features, factors: [Float], noise: [Float]?
  ) -> Gradients {
    let (rows, columns, channels) = (output.rows, output.columns, bias.count)
    guard gradient.shape == output.shape, output.channels == channels else {
      shapeMismatch("a gradient \(gradient.shape) for \(output.shape)")
    }
    let up = interleaves ? 2 : 1
    let places = places(columns: columns)
    let (positive, negative) = (gain, gain * slope)
    let most = clamp ?? .infinity
    var noiseGradient = [Float](repeating: 0, count: rows * columns)
    var sums: [Double] = []
    let input = Features(
      batch: 1, rows: rows / up, columns: columns / up, channels: channels * up * up
    ) { out in
      gradient.values.withUnsafeBufferPointer { gradient in
        output.values.withUnsafeBufferPointer { output in
          noiseGradient.withUnsafeMutableBufferPointer { noiseGradient in
            withPointers(bias, factors, noise) { bias, factors, noise in
              nonisolated(unsafe) let (out, noise, factors) = (out, noise, factors)
              nonisolated(unsafe) let (gradient, output) = (
                gradient.baseAddress, output.baseAddress
              )
              nonisolated(unsafe) let (bias, sum) = (bias, noiseGradient.baseAddress)
              // Of each channel the scaled gradient, then the bias's; last the strength's.
              sums = rowSums(rows: rows, count: 2 * channels + 1) { row, sums in
                guard let gradient, let output, let sum else { return }
                for column in 0..<columns {
                  let pixel = row * columns + column
                  let (g, y) = (gradient + pixel * channels, output + pixel * channels)
                  let to = out + places.input(row: row, column: column)
                  let added = noise.map { strength * $0[pixel] } ?? 0
                  var total = 0.0
                  for c in 0..<channels {
                    let factor = y[c] > 0 ? positive : negative
                    let back = abs(y[c]) < most ? g[c] * factor : 0
                    let scaled = y[c] / factor - (added + bias[c])
                    sums[c] += Double(back) * Double(scaled)
                    sums[channels + c] += Double(back)
                    total += Double(back)
                    to[c] = back * factors[c]
                  }
                  sum[pixel] = strength * Float(total)
                  sums[2 * channels] += total * Double(noise.map { $0[pixel] } ?? 0)
                }
              }
            }
          }
        }
      }
    }
    return Gradients(
      input: input, scaled: Array(sums[..<channels]), noise: noiseGradient,
      bias: Array(sums[channels..<2 * channels]), strength: sums[2 * channels])
  }
}

private func withPointers<Result>(
  _ bias: [Float], _ factors: [Float], _ noise: [Float]?,
  _ body: (UnsafePointer<Float>, UnsafePointer<Float>, UnsafePointer<Float>?) -> Result
) -> Result {
  bias.withUnsafeBufferPointer { bias in
    factors.withUnsafeBufferPointer { factors in
      guard let bias = bias.baseAddress, let factors = factors.baseAddress else {
        shapeMismatch("an activation without channels")
      }
      guard let noise else { return body(bias, factors, nil) }
      return noise.withUnsafeBufferPointer { body(bias, factors, $0.baseAddress) }
    }
  }
}
