import Arrays

/// Which pixels of an image `[rows, columns]` in-painting gets to see, in row-major order.
public enum InpaintingMask {
  /// A share of the pixels, drawn at random without replacement: exactly `share` of them, rounded, and at
  /// least one.
  public static func randomPixels(rows: Int, columns: Int, share: Double, seed: UInt64) -> [Bool] {
    let count = rows * columns
    var mask = [Bool](repeating: false, count: count)
    let kept = min(count, max(1, Int((share * Double(count)).rounded())))
    for index in RandomChoice(seed: seed).indices(kept, of: count) { mask[index] = true }
    return mask
  }

  /// All but `boxes` squares of `side` pixels, which lie whole in the image, at random places that may
  /// overlap.
  ///
  /// A side that is longer than the image is cut to it.
  public static func boxes(
    rows: Int, columns: Int, boxes: Int, side: Int, seed: UInt64
  ) -> [Bool] {
    var mask = [Bool](repeating: true, count: rows * columns)
    var random = RandomStream(seed: seed).split(stream: RandomChoice.boxes)
    let (height, width) = (min(side, rows), min(side, columns))
    for _ in 0..<boxes {
      let top = Int.random(in: 0...rows - height, using: &random)
      let left = Int.random(in: 0...columns - width, using: &random)
      for row in top..<top + height {
        for column in left..<left + width { mask[row * columns + column] = false }
      }
    }
    return mask
  }
}
