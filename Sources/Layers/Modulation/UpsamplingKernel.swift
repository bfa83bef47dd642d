/// A transposed 3 × 3 convolution of stride 2 followed by the low-pass filter (1, 3, 3, 1), as one 3 × 3
/// convolution that gives the four pixels of each new 2 × 2 block as channels.
///
/// Pixel (2 r + a, 2 c + b) of the result is what phase 2 a + b gives at (r, c). Along one axis the
/// transposed convolution puts x[i] W[p] at 2 i + p, and the filter f = (1, 3, 3, 1) / 4 gives
/// out[n] = Σ f[k] t[n + k − 1]; so out[2 m + a] = Σ x[m + δ] Σ W[p] f[k] over p − k = a − 1 − 2 δ, where δ
/// is −1, 0 or 1. Source of layer and filter: rosinality/stylegan2-pytorch:model.py, `ModulatedConv2d`
/// with `upsample`.
public enum UpsamplingKernel {
  /// The filter along one axis; it keeps the mean of what zeros were put into.
  public static let filter: [Float] = [0.25, 0.75, 0.75, 0.25]

  /// By phase along one axis and tap δ + 1 of the new kernel: which weights make it, and how much of each.
  private static let parts: [[[(weight: Int, factor: Float)]]] = (0..<2).map { phase in
    (-1...1).map { offset in
      (0..<3).compactMap { p in
        let k = p - (phase - 1 - 2 * offset)
        return filter.indices.contains(k) ? (p, filter[k]) : nil
      }
    }
  }

  /// `[outputs, inputs, 3, 3]` of the transposed convolution to `[4 · outputs, inputs, 3, 3]`, phase by
  /// phase.
  static func phases(of weights: [Float]) -> [Float] {
    var result = [Float](repeating: 0, count: 4 * weights.count)
    forEachPart(count: weights.count) { source, target, factor in
      result[target] += factor * weights[source]
    }
    return result
  }

  /// The adjoint of `phases`.
  static func gradient(ofPhases gradient: [Float]) -> [Float] {
    var result = [Double](repeating: 0, count: gradient.count / 4)
    forEachPart(count: result.count) { source, target, factor in
      result[source] += Double(factor) * Double(gradient[target])
    }
    return result.map { Float($0) }
  }

  private static func forEachPart(count: Int, _ body: (Int, Int, Float) -> Void) {
    for phase in 0..<4 {
      for tap in 0..<9 {
        for row in parts[phase / 2][tap / 3] {
          for column in parts[phase % 2][tap % 3] {
            let weight = 3 * row.weight + column.weight
            let factor = row.factor * column.factor
            for kernel in 0..<count / 9 {
              body(9 * kernel + weight, phase * count + 9 * kernel + tap, factor)
            }
          }
        }
      }
    }
  }
}
