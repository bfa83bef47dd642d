import Arrays
import Kernels

/// A batch of feature maps, `[batch, rows, columns, channels]`, channels fastest.
///
/// Channels lie last because the convolution kernels read a pixel's channels as one run.
public struct Features: Sendable, Equatable {
  public let batch: Int
  public let rows: Int
  public let columns: Int
  public let channels: Int
  public var values: FeatureValues

  /// Wraps `values`; a count that does not fit stops the program.
  public init(batch: Int = 1, rows: Int, columns: Int, channels: Int, values: FeatureValues) {
    guard values.count == batch * rows * columns * channels else {
      shapeMismatch("\(values.count) values for \([batch, rows, columns, channels])")
    }
    self.batch = batch
    self.rows = rows
    self.columns = columns
    self.channels = channels
    self.values = values
  }

  /// Copies `values`; a count that does not fit stops the program.
  public init(
    batch: Int = 1, rows: Int, columns: Int, channels: Int, values: some Collection<Float>
  ) {
    self.init(
      batch: batch, rows: rows, columns: columns, channels: channels,
      values: FeatureValues(values))
  }

  /// Features with every value equal to `value`.
  public init(
    batch: Int = 1, rows: Int, columns: Int, channels: Int, repeating value: Float
  ) {
    self.init(
      batch: batch, rows: rows, columns: columns, channels: channels,
      values: FeatureValues(repeating: value, count: batch * rows * columns * channels))
  }

  /// Features whose values `fill` writes, every one of them.
  public init(
    batch: Int, rows: Int, columns: Int, channels: Int,
    filledBy fill: (UnsafeMutablePointer<Float>) -> Void
  ) {
    self.init(
      batch: batch, rows: rows, columns: columns, channels: channels,
      values: FeatureValues(count: batch * rows * columns * channels, filledBy: fill))
  }

  /// The number of pixels of one image of the batch.
  public var pixels: Int { rows * columns }

  /// `[batch, rows, columns, channels]`.
  public var shape: [Int] { [batch, rows, columns, channels] }

  /// Adds `other`, value by value.
  public mutating func add(_ other: Features) {
    guard other.shape == shape else { shapeMismatch("cannot add \(other.shape) to \(shape)") }
    let table = elements().pointee
    other.values.withUnsafeBufferPointer { b in
      values.withUnsafeMutableBufferPointer { a in
        nonisolated(unsafe) let (a, b) = (a, b)
        forPieces(of: a.count, target: 65536) { piece in
          guard let to = a.baseAddress, let from = b.baseAddress else { return }
          table.add(piece.count, to + piece.lowerBound, from + piece.lowerBound)
        }
      }
    }
  }
}

/// Shares `0 ..< count` out in pieces of `target`; the cut depends on the count alone.
func forPieces(of count: Int, target: Int, _ body: @Sendable (Range<Int>) -> Void) {
  parallelFor((count + target - 1) / target) { index in
    body(index * target..<min(count, (index + 1) * target))
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
