import Kernels

/// Features as the convolutions read them: `[batch, rows, columns, channels]` with strides, in memory
/// that the caller owns and keeps alive.
///
/// What lies outside the rows and columns counts as zero: no padded copy is needed. A leaky rectifier
/// of `slope` (1: none) is applied while reading.
public struct FeatureView: @unchecked Sendable {
  /// Channel 0 of pixel (0, 0) of image 0.
  public let values: UnsafePointer<Float>
  public let batch: Int
  public let rows: Int
  public let columns: Int
  public let channels: Int
  /// Floats from an image, a row, a pixel to the next.
  public let strides: (image: Int, row: Int, pixel: Int)
  /// The slope below zero of the rectifier.
  public let slope: Float

  /// A view of values without gaps unless `strides` says otherwise.
  public init(
    _ values: UnsafePointer<Float>, batch: Int, rows: Int, columns: Int, channels: Int,
    strides: (image: Int, row: Int, pixel: Int)? = nil, slope: Float = 1
  ) {
    self.values = values
    self.batch = batch
    self.rows = rows
    self.columns = columns
    self.channels = channels
    self.strides = strides ?? (rows * columns * channels, columns * channels, channels)
    self.slope = slope
  }

  /// `[batch, rows, columns, channels]`.
  public var shape: [Int] { [batch, rows, columns, channels] }

  var kernelView: feature_view {
    feature_view(
      values: values, image: strides.image, row: strides.row, pixel: strides.pixel,
      batch: Int32(batch), rows: Int32(rows), columns: Int32(columns), channels: Int32(channels),
      slope: slope)
  }
}

/// Where a convolution writes its `[batch, rows, columns, channels]`, without gaps, and what it does
/// with every value on the way: `value × (gate > 0 ? 1 : gate.slope) + added`.
///
/// With the input of a leaky rectifier as `gate` a backward pass goes through the rectifier as it
/// writes. `added` is laid out like the output.
public struct FeatureOutput: @unchecked Sendable {
  public let values: UnsafeMutablePointer<Float>
  public let added: UnsafePointer<Float>?
  public let gate: FeatureView?

  public init(
    _ values: UnsafeMutablePointer<Float>, added: UnsafePointer<Float>? = nil,
    gate: FeatureView? = nil
  ) {
    self.values = values
    self.added = added
    self.gate = gate
  }

  /// The kernels' form for an output of this shape; `bias` is padded to whole blocks.
  func kernelOutput(
    batch: Int, rows: Int, columns: Int, channels: Int, bias: UnsafePointer<Float>?
  ) -> feature_output {
    if let gate, gate.shape != [batch, rows, columns, channels] {
      shapeMismatch("gate \(gate.shape) for an output of \([batch, rows, columns, channels])")
    }
    return feature_output(
      values: values, image: rows * columns * channels, row: columns * channels, pixel: channels,
      batch: Int32(batch), rows: Int32(rows), columns: Int32(columns), channels: Int32(channels),
      bias: bias, added: added, gate: gate?.values, gate_image: gate?.strides.image ?? 0,
      gate_row: gate?.strides.row ?? 0, gate_pixel: gate?.strides.pixel ?? 0,
      slope: gate?.slope ?? 1)
  }
}

extension Features {
  /// Calls `body` with a view of these values through a leaky rectifier of `slope`.
  public func withView<Result>(slope: Float = 1, _ body: (FeatureView) -> Result) -> Result {
    withPointer(to: values) {
      body(
        FeatureView(
          $0, batch: batch, rows: rows, columns: columns, channels: channels, slope: slope))
    }
  }
}

/// Calls `body` with the array's storage, which must not be empty.
private func withPointer<Result>(
  to values: FeatureValues, _ body: (UnsafePointer<Float>) -> Result
) -> Result {
  values.withUnsafeBufferPointer {
    guard let start = $0.baseAddress else { shapeMismatch("features without values") }
    return body(start)
  }
}
