import Arrays

/// Each channel of rectified features brought to mean 0 and variance 1 over batch and pixels, then
/// scaled and shifted: y = γ (φ(x) − m) / √(v + 10⁻⁵) + β, φ a leaky rectifier.
///
/// Batch normalisation as in training (Ioffe and Szegedy, ICML 2015; PyTorch's `BatchNorm2d` with its
/// variance over n, not n − 1), with the rectifier before it read on the way.
public struct ChannelNormalization: Sendable {
  /// γ, one for each channel.
  public let scale: [Float]
  /// β, one for each channel.
  public let shift: [Float]
  /// The slope of φ below zero; 0 for a plain rectifier, 1 for none.
  public let slope: Float

  static let epsilon = 1e-5

  /// Lists that differ in length stop the program.
  public init(scale: [Float], shift: [Float], slope: Float = 1) {
    guard scale.count == shift.count else {
      shapeMismatch("\(scale.count) scales and \(shift.count) shifts")
    }
    (self.scale, self.shift, self.slope) = (scale, shift, slope)
  }

  /// What the backward pass needs.
  public struct Saved: Sendable {
    let input: Features
    let mean: [Float]
    /// 1 / √(v + ε).
    let inverse: [Float]
  }

  /// The normalised features, of the shape of `input` `[batch, rows, columns, channels]`.
  public func forward(_ input: Features) -> (output: Features, saved: Saved) {
    check(input)
    let channels = input.channels
    let slope = slope
    let sums = channelSums(input.batch * input.pixels, lists: 2 * channels) { pixels, sums in
      input.values.withUnsafeBufferPointer { x in
        guard let x = x.baseAddress else { return }
        for pixel in pixels {
          let x = x + pixel * channels
          for c in 0..<channels {
            let value = Double(rectified(x[c], slope))
            sums[c] += value
            sums[channels + c] += value * value
          }
        }
      }
    }
    let count = Double(input.batch * input.pixels)
    let mean = (0..<channels).map { sums[$0] / count }
    let inverse = (0..<channels).map { c in
      1 / (max(0, sums[channels + c] / count - mean[c] * mean[c]) + Self.epsilon).squareRoot()
    }
    let saved = Saved(
      input: input, mean: mean.map { Float($0) }, inverse: inverse.map { Float($0) })
    let factors = (0..<channels).map { scale[$0] * saved.inverse[$0] }
    let offsets = (0..<channels).map { shift[$0] - factors[$0] * saved.mean[$0] }
    let output = features(like: input) { pixels, out in
      input.values.withUnsafeBufferPointer { x in
        factors.withUnsafeBufferPointer { factors in
          offsets.withUnsafeBufferPointer { offsets in
            guard let x = x.baseAddress else { return }
            for pixel in pixels {
              let (x, y) = (x + pixel * channels, out + pixel * channels)
              for c in 0..<channels {
                y[c] = factors[c] * rectified(x[c], slope) + offsets[c]
              }
            }
          }
        }
      }
    }
    return (output, saved)
  }

  /// Gradients with respect to the input before φ, to γ and to β.
  ///
  /// - Parameter gradient: with respect to the output, of its shape.
  public func backward(
    _ gradient: Features, saved: Saved
  ) -> (input: Features, scale: [Float], shift: [Float]) {
    guard gradient.shape == saved.input.shape else {
      shapeMismatch("a gradient \(gradient.shape) of features \(saved.input.shape)")
    }
    let (input, channels, slope) = (saved.input, gradient.channels, slope)
    let (mean, inverse) = (saved.mean, saved.inverse)
    let sums = channelSums(input.batch * input.pixels, lists: 2 * channels) { pixels, sums in
      withPointers(gradient, input, mean, inverse) { g, x, mean, inverse in
        for pixel in pixels {
          let (g, x) = (g + pixel * channels, x + pixel * channels)
          for c in 0..<channels {
            let value = Double(g[c])
            sums[c] += value
            sums[channels + c] += value * Double((rectified(x[c], slope) - mean[c]) * inverse[c])
          }
        }
      }
    }
    let count = Double(input.batch * input.pixels)
    let toShift = (0..<channels).map { Float(sums[$0]) }
    let toScale = (0..<channels).map { Float(sums[channels + $0]) }
    // γ r (g − β̇/n − x̂ γ̇/n) with x̂ = (φ − m) r, as one line in g and φ.
    let factors = (0..<channels).map { scale[$0] * inverse[$0] }
    let bends = (0..<channels).map { c in
      -factors[c] * inverse[c] * Float(sums[channels + c] / count)
    }
    let offsets = (0..<channels).map { c in
      -factors[c] * Float(sums[c] / count) - bends[c] * mean[c]
    }
    let toInput = features(like: input) { pixels, out in
      withPointers(gradient, input, factors, bends) { g, x, factors, bends in
        offsets.withUnsafeBufferPointer { offsets in
          for pixel in pixels {
            let at = pixel * channels
            let (g, x, to) = (g + at, x + at, out + at)
            for c in 0..<channels {
              let value = factors[c] * g[c] + bends[c] * rectified(x[c], slope) + offsets[c]
              to[c] = x[c] > 0 ? value : slope * value
            }
          }
        }
      }
    }
    return (toInput, toScale, toShift)
  }

  private func check(_ input: Features) {
    guard input.channels == scale.count else {
      shapeMismatch("\(input.channels) channels for a normalisation of \(scale.count)")
    }
  }
}

@inline(__always)
private func rectified(_ value: Float, _ slope: Float) -> Float {
  value > 0 ? value : slope * value
}

/// Pixels that one piece of work takes: fixed, so that no sum depends on the number of threads.
private let pixelsPerPiece = 1024

/// Sums over pixels: `add` adds those of a range of pixels to `lists` sums.
private func channelSums(
  _ pixels: Int, lists: Int, _ add: @Sendable (Range<Int>, UnsafeMutablePointer<Double>) -> Void
) -> [Double] {
  let pieces = (pixels + pixelsPerPiece - 1) / pixelsPerPiece
  var parts = [Double](repeating: 0, count: pieces * lists)
  parts.withUnsafeMutableBufferPointer { parts in
    nonisolated(unsafe) let parts = parts.baseAddress
    forPieces(of: pixels, target: pixelsPerPiece) { piece in
      guard let parts else { return }
      add(piece, parts + piece.lowerBound / pixelsPerPiece * lists)
    }
  }
  return (0..<lists).map { list in
    (0..<pieces).reduce(0) { $0 + parts[$1 * lists + list] }
  }
}

/// Features of the shape of `other` that `fill` writes for one range of pixels after the other.
private func features(
  like other: Features, _ fill: @Sendable (Range<Int>, UnsafeMutablePointer<Float>) -> Void
) -> Features {
  Features(
    batch: other.batch, rows: other.rows, columns: other.columns, channels: other.channels
  ) { out in
    nonisolated(unsafe) let out = out
    forPieces(of: other.batch * other.pixels, target: pixelsPerPiece) { fill($0, out) }
  }
}

private func withPointers(
  _ a: Features, _ b: Features, _ c: [Float], _ d: [Float],
  _ body: (
    UnsafePointer<Float>, UnsafePointer<Float>, UnsafePointer<Float>, UnsafePointer<Float>
  ) -> Void
) {
  a.values.withUnsafeBufferPointer { a in
    b.values.withUnsafeBufferPointer { b in
      c.withUnsafeBufferPointer { c in
        d.withUnsafeBufferPointer { d in
          guard let a = a.baseAddress, let b = b.baseAddress, let c = c.baseAddress,
            let d = d.baseAddress
          else { return }
          body(a, b, c, d)
        }
      }
    }
  }
}
