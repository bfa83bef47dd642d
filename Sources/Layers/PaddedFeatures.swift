import Arrays
import Kernels

/// Activated features inside a zero border: what a convolution reads, and what its weight gradient
/// and the activation's gradient need again.
public struct PaddedFeatures: Sendable {
  public let batch: Int
  /// The size without the border.
  public let rows: Int
  public let columns: Int
  public let channels: Int
  /// The border's width on the upper and left side; the other sides have at least as much.
  public let border: Int
  public let paddedRows: Int
  public let paddedColumns: Int
  let values: FeatureValues

  /// The slope of the leaky rectifier below zero that was applied; 1 if none was.
  let slope: Float

  /// Pads `features`, applying a leaky rectifier of `slope` on the way.
  ///
  /// With `upsampled`, the features are first brought to twice the size bilinearly (half-pixel
  /// centres, edges repeated, as PyTorch's `interpolate(scale_factor=2, align_corners=False)`).
  public init(_ features: Features, border: Int, slope: Float = 1, upsampled: Bool = false) {
    let factor = upsampled ? 2 : 1
    let (h, w, c) = (features.rows, features.columns, features.channels)
    let (rows, columns) = (h * factor, w * factor)
    // A Winograd tile gives 4 × 4 pixels and reads 6 × 6.
    let paddedRows = border == 1 ? (rows + 3) / 4 * 4 + 2 : rows + 2 * border
    let paddedColumns = border == 1 ? (columns + 3) / 4 * 4 + 2 : columns + 2 * border
    batch = features.batch
    self.rows = rows
    self.columns = columns
    channels = c
    self.border = border
    self.paddedRows = paddedRows
    self.paddedColumns = paddedColumns
    self.slope = slope
    if border == 0 && slope == 1 && !upsampled {
      values = features.values
      return
    }
    let images = features.batch
    let image = paddedRows * paddedColumns * c
    values = FeatureValues(count: images * image) { out in
      features.values.withUnsafeBufferPointer { input in
        nonisolated(unsafe) let (out, input) = (out, input)
        let chunks = RowChunks(rows: paddedRows, work: paddedColumns * c, images: images)
        let table = kernels().pointee
        parallelFor(chunks.count) { index in
          let (n, range) = chunks[index]
          guard let base = input.baseAddress else { return }
          let pad: PadFunction = upsampled ? table.upsample_pad_rows : table.pad_rows
          pad(
            base + n * h * w * c, Int32(h), Int32(w), Int32(c), Int32(border), Int32(paddedRows),
            Int32(paddedColumns), slope, Int32(range.lowerBound), Int32(range.upperBound),
            out + n * image)
        }
      }
    }
  }

  private typealias PadFunction =
    @convention(c) (
      UnsafePointer<Float>?, Int32, Int32, Int32, Int32, Int32, Int32, Float, Int32, Int32,
      UnsafeMutablePointer<Float>?
    ) -> Void

  /// Turns the gradient of the activated values into that of the values before the activation, and
  /// adds `added`.
  public func backward(_ gradient: consuming Features, adding added: Features? = nil) -> Features {
    var result = gradient
    guard result.rows == rows, result.columns == columns, result.channels == channels else {
      shapeMismatch("gradient \(result.shape) for activated features \(rows) × \(columns)")
    }
    let (h, w, c) = (rows, columns, channels)
    let image = paddedRows * paddedColumns * c
    let chunks = RowChunks(rows: h, work: w * c, images: batch)
    let table = kernels().pointee
    result.values.withUnsafeMutableBufferPointer { g in
      values.withUnsafeBufferPointer { a in
        withOptionalPointer(added?.values) { extra in
          nonisolated(unsafe) let (g, a, extra) = (g.baseAddress, a.baseAddress, extra)
          parallelFor(chunks.count) { index in
            let (n, range) = chunks[index]
            guard let g, let a else { return }
            table.activation_gradient_rows(
              a + n * image, paddedColumns * c, Int32(border), Int32(w), Int32(c), slope,
              extra.map { $0 + n * h * w * c }, Int32(range.lowerBound), Int32(range.upperBound),
              g + n * h * w * c)
          }
        }
      }
    }
    return result
  }
}
