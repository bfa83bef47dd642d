import Arrays
import Kernels

/// Sums of an image's differences from its target, and the gradient of the absolute one.
public struct AbsoluteLoss: Sendable {
  /// Σ |d|.
  public let absolute: Double
  /// Σ d².
  public let squared: Double
  /// `factor` · sign(d), shaped like the image.
  public let gradient: Features

  public init(image: Features, target: Features, factor: Float) {
    guard image.shape == target.shape else {
      shapeMismatch("image \(image.shape) for a target \(target.shape)")
    }
    let count = image.values.count
    let size = 32768
    var sums = [Double](repeating: 0, count: 2 * ((count + size - 1) / size))
    let table = elements().pointee
    gradient = Features(
      batch: image.batch, rows: image.rows, columns: image.columns, channels: image.channels
    ) { out in
      image.values.withUnsafeBufferPointer { x in
        target.values.withUnsafeBufferPointer { y in
          sums.withUnsafeMutableBufferPointer { sums in
            nonisolated(unsafe) let (out, sums) = (out, sums.baseAddress)
            nonisolated(unsafe) let (x, y) = (x.baseAddress, y.baseAddress)
            forPieces(of: count, target: size) { piece in
              guard let x, let y, let sums else { return }
              let i = piece.lowerBound
              table.absolute_loss(
                piece.count, x + i, y + i, factor, out + i, sums + 2 * (i / size))
            }
          }
        }
      }
    }
    absolute = stride(from: 0, to: sums.count, by: 2).reduce(0) { $0 + sums[$1] }
    squared = stride(from: 1, to: sums.count, by: 2).reduce(0) { $0 + sums[$1] }
  }
}
