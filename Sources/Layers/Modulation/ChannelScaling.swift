import Arrays

/// Features of one image, each channel times its factor.
struct ChannelScaling {
  /// `[channels]`.
  let factors: [Float]

  /// `[1, rows, columns, channels]` to the same.
  func forward(_ input: Features) -> Features {
    let (rows, columns, channels) = (input.rows, input.columns, factors.count)
    guard input.batch == 1, input.channels == channels else {
      shapeMismatch("\(channels) factors for features \(input.shape)")
    }
    return Features(batch: 1, rows: rows, columns: columns, channels: channels) { out in
      input.values.withUnsafeBufferPointer { input in
        factors.withUnsafeBufferPointer { factors in
          nonisolated(unsafe) let (out, input) = (out, input.baseAddress)
          nonisolated(unsafe) let factors = factors.baseAddress
          parallelFor(rows) { row in
            guard let input, let factors else { return }
            for column in 0..<columns {
              let place = (row * columns + column) * channels
              for c in 0..<channels { out[place + c] = input[place + c] * factors[c] }
            }
          }
        }
      }
    }
  }

  /// The gradients with respect to the input, `[1, rows, columns, channels]`, and to the factors.
  func backward(_ gradient: Features, input: Features) -> (input: Features, factors: [Double]) {
    guard gradient.shape == input.shape else {
      shapeMismatch("a gradient \(gradient.shape) for features \(input.shape)")
    }
    let (rows, columns, channels) = (input.rows, input.columns, factors.count)
    let sums = input.values.withUnsafeBufferPointer { input in
      gradient.values.withUnsafeBufferPointer { gradient in
        nonisolated(unsafe) let (input, gradient) = (input.baseAddress, gradient.baseAddress)
        return rowSums(rows: rows, count: channels) { row, sums in
          guard let input, let gradient else { return }
          for column in 0..<columns {
            let place = (row * columns + column) * channels
            for c in 0..<channels {
              sums[c] += Double(input[place + c]) * Double(gradient[place + c])
            }
          }
        }
      }
    }
    return (forward(gradient), sums)
  }
}
