import Arrays

/// Features at twice the size by the low-pass filter (1, 3, 3, 1), with zeros about the image.
///
/// Along one axis out[2 m] = ¼ x[m − 1] + ¾ x[m] and out[2 m + 1] = ¾ x[m] + ¼ x[m + 1]. Source:
/// rosinality/stylegan2-pytorch:model.py, `Upsample`; NVlabs/stylegan2-ada-pytorch, `upsample2d`.
/// `upsampled` repeats the edges instead.
public enum SmoothUpsampling {
  /// `[1, rows, columns, channels]` to `[1, 2 rows, 2 columns, channels]`.
  public static func forward(_ input: Features) -> Features {
    let (rows, columns, channels) = (input.rows, input.columns, input.channels)
    return Features(batch: 1, rows: 2 * rows, columns: 2 * columns, channels: channels) { out in
      input.values.withUnsafeBufferPointer { input in
        nonisolated(unsafe) let (out, input) = (out, input.baseAddress)
        parallelFor(2 * rows) { row in
          guard let input else { return }
          let line = out + row * 2 * columns * channels
          line.update(repeating: 0, count: 2 * columns * channels)
          for (sourceRow, rowFactor) in neighbours(of: row, count: rows) {
            for column in 0..<2 * columns {
              for (sourceColumn, factor) in neighbours(of: column, count: columns) {
                let from = input + (sourceRow * columns + sourceColumn) * channels
                let to = line + column * channels
                for c in 0..<channels { to[c] += rowFactor * factor * from[c] }
              }
            }
          }
        }
      }
    }
  }

  /// The adjoint of `forward`.
  public static func adjoint(_ gradient: Features) -> Features {
    let (rows, columns, channels) = (gradient.rows / 2, gradient.columns / 2, gradient.channels)
    return Features(batch: 1, rows: rows, columns: columns, channels: channels) { out in
      gradient.values.withUnsafeBufferPointer { gradient in
        nonisolated(unsafe) let (out, gradient) = (out, gradient.baseAddress)
        parallelFor(rows) { row in
          guard let gradient else { return }
          let line = out + row * columns * channels
          line.update(repeating: 0, count: columns * channels)
          for (sourceRow, rowFactor) in readers(of: row, count: rows) {
            for column in 0..<columns {
              for (sourceColumn, factor) in readers(of: column, count: columns) {
                let from = gradient + (sourceRow * 2 * columns + sourceColumn) * channels
                let to = line + column * channels
                for c in 0..<channels { to[c] += rowFactor * factor * from[c] }
              }
            }
          }
        }
      }
    }
  }

  /// The old pixels that new pixel `index` is made of, and how much of each.
  private static func neighbours(of index: Int, count: Int) -> [(Int, Float)] {
    let near = index / 2
    let far = index % 2 == 0 ? near - 1 : near + 1
    return [(near, 0.75), (far, 0.25)].filter { (0..<count).contains($0.0) }
  }

  /// The new pixels that old pixel `index` has a part in.
  private static func readers(of index: Int, count: Int) -> [(Int, Float)] {
    [(2 * index - 1, 0.25), (2 * index, 0.75), (2 * index + 1, 0.75), (2 * index + 2, 0.25)]
      .filter { (0..<2 * count).contains($0.0) }
  }
}
