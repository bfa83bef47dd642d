import Arrays
import Kernels

/// Two feature maps side by side, the second one activated: what a posterior's first convolution
/// reads.
public enum JoinedFeatures {
  /// `[first | leaky(second)]`, channel after channel, `[batch, rows, columns, a + b]`.
  public static func join(_ first: Features, activating second: Features, slope: Float) -> Features
  {
    guard first.shape.dropLast() == second.shape.dropLast() else {
      shapeMismatch("cannot join \(first.shape) and \(second.shape)")
    }
    let (a, b) = (first.channels, second.channels)
    let table = elements().pointee
    return Features(
      batch: first.batch, rows: first.rows, columns: first.columns, channels: a + b
    ) { out in
      first.values.withUnsafeBufferPointer { x in
        second.values.withUnsafeBufferPointer { y in
          nonisolated(unsafe) let (out, x, y) = (out, x, y)
          forPieces(of: first.batch * first.pixels, target: max(1, 65536 / (a + b))) { piece in
            guard let x = x.baseAddress, let y = y.baseAddress else { return }
            let p = piece.lowerBound
            table.join(
              piece.count, Int32(a), Int32(b), slope, x + p * a, y + p * b, out + p * (a + b))
          }
        }
      }
    }
  }

  /// The gradients of both parts, `a` and the other channels, from that of what was joined.
  ///
  /// - Parameters:
  ///   - gradient: `[batch, rows, columns, a + b]`.
  ///   - joined: what was joined.
  ///   - slope: of the second part's activation.
  public static func split(
    _ gradient: Features, joined: Features, firstChannels a: Int, slope: Float
  ) -> (first: Features, second: Features) {
    let channels = joined.channels
    guard gradient.shape == joined.shape, a < channels else {
      shapeMismatch("gradient \(gradient.shape) of \(joined.shape), cut at \(a)")
    }
    let b = channels - a
    let table = elements().pointee
    func part(_ count: Int, _ fill: (UnsafeMutablePointer<Float>) -> Void) -> Features {
      Features(
        batch: joined.batch, rows: joined.rows, columns: joined.columns, channels: count,
        filledBy: fill)
    }
    var second: Features?
    let first = part(a) { first in
      second = part(b) { second in
        gradient.values.withUnsafeBufferPointer { g in
          joined.values.withUnsafeBufferPointer { j in
            nonisolated(unsafe) let (first, second, g, j) = (first, second, g, j)
            forPieces(of: joined.batch * joined.pixels, target: max(1, 65536 / channels)) { piece in
              guard let g = g.baseAddress, let j = j.baseAddress else { return }
              let p = piece.lowerBound
              table.split(
                piece.count, Int32(a), Int32(b), slope, g + p * channels, j + p * channels,
                first + p * a, second + p * b)
            }
          }
        }
      }
    }
    guard let second else { fatalError("a part without values") }
    return (first, second)
  }
}
