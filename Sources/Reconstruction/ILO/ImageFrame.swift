import Arrays
import Layers
import Numerics

/// Where an image lies in the larger, centred grid whose sides the generator can halve.
struct ImageFrame: Sendable {
  let rows: Int
  let columns: Int
  let paddedRows: Int
  let paddedColumns: Int
  private var top: Int { (paddedRows - rows) / 2 }
  private var left: Int { (paddedColumns - columns) / 2 }

  /// A frame of multiples of `factor` about an image of `shape` `[rows, columns]`.
  init(shape: [Int], factor: Int) {
    (rows, columns) = (shape[0], shape[1])
    paddedRows = (rows + factor - 1) / factor * factor
    paddedColumns = (columns + factor - 1) / factor * factor
  }

  /// The image's part of features `[1, paddedRows, paddedColumns, 1]`, times `scale`, as a complex
  /// image.
  func cut(_ features: Features, scale: Float) -> ComplexArray {
    var image = ComplexArray(zeros: [rows, columns])
    image.values.withMutableInterleaved { out in
      features.values.withUnsafeBufferPointer { from in
        for row in 0..<rows {
          let start = (top + row) * paddedColumns + left
          for column in 0..<columns {
            out[2 * (row * columns + column)] = scale * from[start + column]
          }
        }
      }
    }
    return image
  }

  /// The adjoint of `cut` in the real inner product: real parts, zero outside the image.
  func paste(_ image: ComplexArray, scale: Float) -> Features {
    image.values.withInterleaved { values in
      paste { row, column in scale * values[2 * (row * columns + column)] }
    }
  }

  /// Real `values` `[rows, columns]` in the frame, zero outside.
  func paste(_ values: [Float]) -> Features {
    values.withUnsafeBufferPointer { values in
      paste { row, column in values[row * columns + column] }
    }
  }

  @inline(__always)
  private func paste(_ value: (_ row: Int, _ column: Int) -> Float) -> Features {
    Features(batch: 1, rows: paddedRows, columns: paddedColumns, channels: 1) { out in
      out.update(repeating: 0, count: paddedRows * paddedColumns)
      for row in 0..<rows {
        let to = out + (top + row) * paddedColumns + left
        for column in 0..<columns { to[column] = value(row, column) }
      }
    }
  }
}
