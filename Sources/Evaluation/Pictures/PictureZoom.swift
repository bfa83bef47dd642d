/// How the pixels of an image become the pixels of a panel: each enlarged to a square block, or
/// square blocks averaged; never interpolated, so that a panel shows what was reconstructed.
struct PictureZoom: Equatable {
  /// The side of the block that one pixel becomes.
  let enlarge: Int
  /// The side of the block of pixels that becomes one.
  let reduce: Int

  /// The zoom that brings the shorter side to 256 pixels or more and keeps the longer one at 1024
  /// or less, where a whole factor does both.
  init(rows: Int, columns: Int) {
    let (shorter, longer) = (min(rows, columns), max(rows, columns))
    reduce = max(1, (longer + 1023) / 1024)
    enlarge = reduce > 1 ? 1 : max(1, min((255 + shorter) / shorter, 1024 / longer))
  }

  /// The length of a side of `count` pixels in the panel.
  func length(_ count: Int) -> Int { (count + reduce - 1) / reduce * enlarge }

  /// The words for the foot of the sheet; nil where pixels are shown one by one.
  var text: String? {
    if reduce > 1 { return "Blocks of \(reduce)×\(reduce) pixels averaged." }
    return enlarge > 1 ? "Pixels enlarged \(enlarge)×." : nil
  }

  /// Averages `values`, `[rows, columns]`, over blocks; the last ones may be smaller.
  func reduced(_ values: [Float], rows: Int, columns: Int) -> [Float] {
    guard reduce > 1 else { return values }
    var result: [Float] = []
    for top in stride(from: 0, to: rows, by: reduce) {
      for left in stride(from: 0, to: columns, by: reduce) {
        let (bottom, right) = (min(top + reduce, rows), min(left + reduce, columns))
        var sum: Float = 0
        for row in top..<bottom {
          for column in left..<right { sum += values[row * columns + column] }
        }
        result.append(sum / Float((bottom - top) * (right - left)))
      }
    }
    return result
  }
}
