import Arrays

/// Features at another size, each pixel the nearest of the old ones, as PyTorch's
/// `interpolate(size=…, mode="nearest")`: pixel i of n comes from ⌊i · old / n⌋.
public struct NearestResizing: Sendable, Equatable {
  public let rows: Int
  public let columns: Int

  /// To `rows × columns`; a size of none stops the program.
  public init(rows: Int, columns: Int) {
    guard rows > 0, columns > 0 else { shapeMismatch("a size of \(rows) × \(columns)") }
    (self.rows, self.columns) = (rows, columns)
  }

  /// `[batch, any rows, any columns, channels]` to `[batch, rows, columns, channels]`.
  public func forward(_ input: Features) -> Features {
    let channels = input.channels
    let (oldRows, oldColumns) = (input.rows, input.columns)
    return Features(batch: input.batch, rows: rows, columns: columns, channels: channels) { out in
      input.values.withUnsafeBufferPointer { from in
        nonisolated(unsafe) let (out, from) = (out, from.baseAddress)
        parallelFor(input.batch * rows) { line in
          guard let from else { return }
          let row = line % rows * oldRows / rows
          let source = from + (line / rows * oldRows + row) * oldColumns * channels
          let target = out + line * columns * channels
          for column in 0..<columns {
            (target + column * channels).update(
              from: source + column * oldColumns / columns * channels, count: channels)
          }
        }
      }
    }
  }

  /// The adjoint, to features of `oldRows × oldColumns`: each old pixel gets the sum of those that came
  /// from it.
  public func adjoint(_ gradient: Features, rows oldRows: Int, columns oldColumns: Int) -> Features
  {
    guard gradient.rows == rows, gradient.columns == columns else {
      shapeMismatch("a gradient \(gradient.shape) for \(rows) × \(columns)")
    }
    let channels = gradient.channels
    return Features(
      batch: gradient.batch, rows: oldRows, columns: oldColumns, channels: channels
    ) { out in
      gradient.values.withUnsafeBufferPointer { from in
        nonisolated(unsafe) let (out, from) = (out, from.baseAddress)
        parallelFor(gradient.batch * oldRows) { line in
          guard let from else { return }
          let (image, oldRow) = (line / oldRows, line % oldRows)
          let target = out + line * oldColumns * channels
          target.update(repeating: 0, count: oldColumns * channels)
          // The rows i with ⌊i · oldRows / rows⌋ = oldRow.
          let first = (oldRow * rows + oldRows - 1) / oldRows
          let end = ((oldRow + 1) * rows + oldRows - 1) / oldRows
          for row in first..<end {
            let source = from + (image * rows + row) * columns * channels
            for column in 0..<columns {
              let to = target + column * oldColumns / columns * channels
              let g = source + column * channels
              for c in 0..<channels { to[c] += g[c] }
            }
          }
        }
      }
    }
  }
}
