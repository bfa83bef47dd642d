import Numerics

extension PointMaskRequest {
  /// A rectangle about the centre whose sides are those of the plane over the root of the acceleration, and the
  /// calibration block, should that reach beyond it; nothing is random.
  ///
  /// The image of such a scan is the whole one at pixels that are larger by that root: 4x doubles them along
  /// both axes.
  func lowResolutionPoints() -> [Bool] {
    func centred(_ count: Int) -> Range<Int> {
      let length = max(1, Int((Double(count) / acceleration.squareRoot()).rounded()))
      let start = (count - length + 1) / 2
      return start..<start + length
    }
    let (kept, across) = (centred(rows), centred(columns))
    return (0..<rows * columns).map { place in
      let (row, column) = (place / columns, place % columns)
      return kept.contains(row) && across.contains(column)
        || isCalibration(row: row, column: column)
    }
  }
}
