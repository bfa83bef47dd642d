import Arrays

/// The square that images of several sizes are brought to: centred, cut where they are larger, with
/// zeros where they are smaller.
struct ImageSquare {
  let side: Int

  /// The recipe's side, or else the largest multiple of `factor` that half of the images fill with
  /// their longer side.
  init(stated: Int, sizes: [(rows: Int, columns: Int)], factor: Int) {
    if stated > 0 {
      side = stated
      return
    }
    let longest = sizes.map { max($0.rows, $0.columns) }.sorted(by: >)
    let common = longest.isEmpty ? 0 : longest[(longest.count - 1) / 2]
    side = max(factor, common / factor * factor)
  }

  /// Whether an image's longer side is at least half and at most twice the square's.
  func fits(rows: Int, columns: Int) -> Bool {
    let longer = max(rows, columns)
    return min(rows, columns) > 0 && 2 * longer >= side && longer <= 2 * side
  }

  /// `pixels` `[rows, columns]` in the square, `[side, side]`.
  func centred<Pixel>(_ pixels: [Pixel], rows: Int, columns: Int, zero: Pixel) -> [Pixel] {
    if rows == side && columns == side { return pixels }
    var out = [Pixel](repeating: zero, count: side * side)
    // From centre to centre, so that pixel n / 2 stays the middle one for every pair of parities.
    let (top, left) = (rows / 2 - side / 2, columns / 2 - side / 2)
    let across = max(0, -left)..<min(side, columns - left)
    for row in max(0, -top)..<min(side, rows - top) {
      for column in across {
        out[row * side + column] = pixels[(row + top) * columns + column + left]
      }
    }
    return out
  }
}
