import Arrays
import Kernels

/// Adjoint of the bilinear up-sampling by two that `PaddedFeatures` applies on the way in.
///
/// `gradient` is `[batch, 2 rows, 2 columns, channels]`; the result has half the size.
public func upsamplingAdjoint(_ gradient: Features) -> Features {
  upsamplingAdjoint(gradient, activated: nil)
}

extension PaddedFeatures {
  /// The gradient with respect to the features before up-sampling and activation.
  ///
  /// `gradient`, `[batch, rows, columns, channels]`, is that of the activated values; the result has
  /// half the size.
  public func backwardThroughUpsampling(_ gradient: Features) -> Features {
    guard gradient.shape == [batch, rows, columns, channels] else {
      shapeMismatch("gradient \(gradient.shape) for activated features \(rows) × \(columns)")
    }
    return upsamplingAdjoint(gradient, activated: self)
  }
}

private func upsamplingAdjoint(_ gradient: Features, activated: PaddedFeatures?) -> Features {
  let (h, w, c) = (gradient.rows / 2, gradient.columns / 2, gradient.channels)
  let chunks = RowChunks(rows: h, work: 4 * w * c, images: gradient.batch, target: 131072)
  let table = elements().pointee
  let row = (activated?.paddedColumns ?? 0) * c
  let image = (activated?.paddedRows ?? 0) * row
  let corner = (activated?.border ?? 0) * (row + c)
  let slope = activated?.slope ?? 1
  return Features(batch: gradient.batch, rows: h, columns: w, channels: c) { out in
    gradient.values.withUnsafeBufferPointer { g in
      withOptionalPointer(activated?.values) { a in
        nonisolated(unsafe) let (out, g, a) = (out, g.baseAddress, a)
        parallelFor(chunks.count) { index in
          let (n, range) = chunks[index]
          guard let g else { return }
          table.upsample_gradient_rows(
            g + 4 * n * h * w * c, a.map { $0 + n * image + corner }, row, slope, Int32(h),
            Int32(w), Int32(c), Int32(range.lowerBound), Int32(range.upperBound),
            out + n * h * w * c)
        }
      }
    }
  }
}
