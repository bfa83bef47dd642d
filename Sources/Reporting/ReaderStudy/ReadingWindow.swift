import Arrays
import Evaluation

/// How the images of one case become grey: one window and one enlargement for all of them.
struct ReadingWindow {
  /// The percentile of the reference that shows white.
  static let percentile = 99.5
  let white: Float
  /// The side of the block that one pixel becomes.
  let enlargement: Int

  /// The window of a case by its `reference` `[rows, columns]`.
  init(reference: RealArray) {
    let sorted = reference.values.filter(\.isFinite).sorted()
    let rank = Double(max(sorted.count - 1, 0)) * Self.percentile / 100
    let value = sorted.isEmpty ? 0 : sorted[Int(rank.rounded())]
    // A case that is dark but for a few pixels is shown up to its maximum.
    white = value > 0 ? value : sorted.last ?? 0
    let longer = reference.shape.max() ?? 0
    enlargement = longer <= 256 ? 3 : longer <= 640 ? 2 : 1
  }

  /// The picture of `image` `[rows, columns]`, each pixel a square block: nothing is interpolated.
  func picture(_ image: RealArray) -> GreyImage {
    let small = GreyImage(image, white: white)
    var large = GreyImage(rows: small.rows * enlargement, columns: small.columns * enlargement)
    for row in 0..<large.rows {
      for column in 0..<large.columns {
        large.pixels[row * large.columns + column] =
          small.pixels[row / enlargement * small.columns + column / enlargement]
      }
    }
    return large
  }
}
