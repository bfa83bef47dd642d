import Arrays
import Kernels

/// Adjoint of the bilinear up-sampling by two that `PaddedFeatures` applies on the way in.
///
/// `gradient` is `[batch, 2 rows, 2 columns, channels]`; the result has half the size.
public func upsamplingAdjoint(_ gradient: Features) -> Features {
  let (h, w, c) = (gradient.rows / 2, gradient.columns / 2, gradient.channels)
  let chunks = RowChunks(rows: h, work: 4 * w * c, images: gradient.batch)
  let table = kernels().pointee
  return Features(batch: gradient.batch, rows: h, columns: w, channels: c) { out in
    gradient.values.withUnsafeBufferPointer { g in
      nonisolated(unsafe) let (out, g) = (out, g.baseAddress)
      parallelFor(chunks.count) { index in
        let (n, range) = chunks[index]
        guard let g else { return }
        table.upsample_adjoint_rows(
          g + 4 * n * h * w * c, Int32(h), Int32(w), Int32(c), Int32(range.lowerBound),
          Int32(range.upperBound), out + n * h * w * c)
      }
    }
  }
}
