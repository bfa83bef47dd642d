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
    func padded(_ size: Int) -> Int { (size + factor - 1) / factor * factor }
    self.init(shape: shape, rows: padded(shape[0]), columns: padded(shape[1]))
  }

  /// A frame of `rows × columns` about an image of `shape` `[rows, columns]`, which is no larger.
  init(shape: [Int], rows: Int, columns: Int) {
    (self.rows, self.columns) = (shape[0], shape[1])
    (paddedRows, paddedColumns) = (rows, columns)
  }

  /// The image's part of features `[1, paddedRows, paddedColumns, 1 or 2]`, times `scale`, as a complex
  /// image; one channel is its real part.
  func cut(_ features: Features, scale: Float) -> ComplexArray {
    let channels = features.channels
    var image = ComplexArray(zeros: [rows, columns])
    image.values.withMutableInterleaved { out in
      features.values.withUnsafeBufferPointer { from in
        for row in 0..<rows {
          let start = ((top + row) * paddedColumns + left) * channels
          let to = out + 2 * row * columns
          for column in 0..<columns {
            for c in 0..<channels {
              to[2 * column + c] = scale * from[start + channels * column + c]
            }
          }
        }
      }
    }
    return image
  }

  /// The adjoint of `cut` to features of `channels` channels in the real inner product; zero outside
  /// the image.
  ///
  /// A third channel, which is none of the image's, is `noise` at every pixel of the frame: what an
  /// encoder that takes off noise is told of its level.
  func paste(_ image: ComplexArray, scale: Float, channels: Int, noise: Float = 0) -> Features {
    image.values.withInterleaved { values in
      Features(batch: 1, rows: paddedRows, columns: paddedColumns, channels: channels) { out in
        for pixel in 0..<paddedRows * paddedColumns {
          for c in 0..<channels { out[pixel * channels + c] = c == 2 ? noise : 0 }
        }
        for row in 0..<rows {
          let to = out + ((top + row) * paddedColumns + left) * channels
          let from = values + 2 * row * columns
          for column in 0..<columns {
            for c in 0..<min(2, channels) {
              to[channels * column + c] = scale * from[2 * column + c]
            }
          }
        }
      }
    }
  }
}
