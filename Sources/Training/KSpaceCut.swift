import Arrays
import Numerics

/// An image at a lower resolution on the same grid: the middle of its k-space, the rest filled with zeros.
///
/// That is what a scan of fewer lines and samples gives on the matrix of a longer one, with the ringing at
/// edges that comes with it; the magnitude is taken, as of an image of a scanner.
struct KSpaceCut {
  /// The share of k-space's width that is kept along each axis, above 0, at most 1.
  let share: Float

  /// The magnitudes of `image` `[side, side]` after the cut.
  func applied(to image: [Float], side: Int) -> [Float] {
    if share >= 1 { return image }
    let transform = FourierTransform(rows: side, columns: side)
    var kspace = ComplexArray(shape: [side, side], values: image.map { Complex($0, 0) })
    transform.forward(&kspace)
    // As many on either side of the centre, so that a real image stays one.
    let kept = Int((0.5 * share * Float(side)).rounded(.up)) - 1
    let centre = side / 2
    for row in 0..<side {
      for column in 0..<side where abs(row - centre) > kept || abs(column - centre) > kept {
        kspace.values[row * side + column] = .zero
      }
    }
    transform.inverse(&kspace)
    return kspace.values.map(\.length)
  }
}
