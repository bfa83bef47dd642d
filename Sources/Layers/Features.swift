/// A batch of feature maps, `[batch, rows, columns, channels]`, channels fastest.
///
/// Channels lie last because the convolution kernels read a pixel's channels as one run.
public struct Features: Sendable, Equatable {
  public let batch: Int
  public let rows: Int
  public let columns: Int
  public let channels: Int
  public var values: [Float]

  /// Wraps `values`; a count that does not fit stops the program.
  public init(batch: Int = 1, rows: Int, columns: Int, channels: Int, values: [Float]) {
    guard values.count == batch * rows * columns * channels else {
      shapeMismatch("\(values.count) values for \([batch, rows, columns, channels])")
    }
    self.batch = batch
    self.rows = rows
    self.columns = columns
    self.channels = channels
    self.values = values
  }

  /// Features with every value equal to `value`.
  public init(
    batch: Int = 1, rows: Int, columns: Int, channels: Int, repeating value: Float
  ) {
    self.init(
      batch: batch, rows: rows, columns: columns, channels: channels,
      values: Array(repeating: value, count: batch * rows * columns * channels))
  }

  /// Features whose values `fill` writes, every one of them.
  init(
    batch: Int, rows: Int, columns: Int, channels: Int,
    filledBy fill: (UnsafeMutablePointer<Float>) -> Void
  ) {
    let count = batch * rows * columns * channels
    self.init(
      batch: batch, rows: rows, columns: columns, channels: channels,
      values: uninitialized(count, fill))
  }

  /// The number of pixels of one image of the batch.
  public var pixels: Int { rows * columns }

  /// `[batch, rows, columns, channels]`.
  public var shape: [Int] { [batch, rows, columns, channels] }

  /// `self` and `other`, channel after channel, pixel by pixel.
  public func concatenated(with other: Features) -> Features {
    guard other.batch == batch, other.rows == rows, other.columns == columns else {
      shapeMismatch("cannot join \(shape) and \(other.shape)")
    }
    let (first, second) = (channels, other.channels)
    return Features(batch: batch, rows: rows, columns: columns, channels: first + second) { out in
      values.withUnsafeBufferPointer { a in
        other.values.withUnsafeBufferPointer { b in
          for pixel in 0..<batch * rows * columns {
            let to = out + pixel * (first + second)
            for c in 0..<first { to[c] = a[pixel * first + c] }
            for c in 0..<second { to[first + c] = b[pixel * second + c] }
          }
        }
      }
    }
  }

  /// The channels in `range` alone.
  public func channels(_ range: Range<Int>) -> Features {
    Features(batch: batch, rows: rows, columns: columns, channels: range.count) { out in
      values.withUnsafeBufferPointer { a in
        for pixel in 0..<batch * rows * columns {
          for c in 0..<range.count {
            out[pixel * range.count + c] = a[pixel * channels + range.lowerBound + c]
          }
        }
      }
    }
  }

  /// Adds `other`, value by value.
  public mutating func add(_ other: Features) {
    guard other.shape == shape else { shapeMismatch("cannot add \(other.shape) to \(shape)") }
    other.values.withUnsafeBufferPointer { b in
      values.withUnsafeMutableBufferPointer { a in
        for i in a.indices { a[i] += b[i] }
      }
    }
  }
}

/// `count` floats that `fill` writes, every one of them.
func uninitialized(_ count: Int, _ fill: (UnsafeMutablePointer<Float>) -> Void) -> [Float] {
  Array(unsafeUninitializedCapacity: count) { buffer, initialized in
    if let base = buffer.baseAddress { fill(base) }
    initialized = count
  }
}

func shapeMismatch(_ message: String) -> Never { fatalError("layer shapes: \(message)") }
