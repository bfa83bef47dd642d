import Arrays
import Kernels

/// Features at twice the size, bilinearly: half-pixel centres, edges repeated, as PyTorch's
/// `interpolate(scale_factor=2, mode="bilinear", align_corners=False)`.
///
/// `[batch, rows, columns, channels]` to `[batch, 2 rows, 2 columns, channels]`.
public func upsampled(_ features: Features) -> Features {
  let (h, w, c) = (features.rows, features.columns, features.channels)
  let chunks = RowChunks(rows: 2 * h, work: 2 * w * c, images: features.batch, target: 65536)
  let table = elements().pointee
  return Features(batch: features.batch, rows: 2 * h, columns: 2 * w, channels: c) { out in
    features.values.withUnsafeBufferPointer { input in
      nonisolated(unsafe) let (out, input) = (out, input.baseAddress)
      parallelFor(chunks.count) { index in
        let (n, range) = chunks[index]
        guard let input else { return }
        table.upsample_rows(
          input + n * h * w * c, Int32(h), Int32(w), Int32(c), Int32(range.lowerBound),
          Int32(range.upperBound), out + 4 * n * h * w * c)
      }
    }
  }
}

/// The adjoint of `upsampled`.
///
/// `[batch, 2 rows, 2 columns, channels]` to `[batch, rows, columns, channels]`.
public func upsamplingAdjoint(_ gradient: Features) -> Features {
  let (h, w, c) = (gradient.rows / 2, gradient.columns / 2, gradient.channels)
  let chunks = RowChunks(rows: h, work: 4 * w * c, images: gradient.batch, target: 131072)
  let table = elements().pointee
  return Features(batch: gradient.batch, rows: h, columns: w, channels: c) { out in
    gradient.values.withUnsafeBufferPointer { g in
      nonisolated(unsafe) let (out, g) = (out, g.baseAddress)
      parallelFor(chunks.count) { index in
        let (n, range) = chunks[index]
        guard let g else { return }
        table.upsample_gradient_rows(
          g + 4 * n * h * w * c, Int32(h), Int32(w), Int32(c), Int32(range.lowerBound),
          Int32(range.upperBound), out + n * h * w * c)
      }
    }
  }
}
