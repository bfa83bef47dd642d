/// The checked settings that all patterns of points share.
struct PointMaskRequest {
  let pattern: MaskPattern
  let rows: Int
  let columns: Int
  let acceleration: Double
  /// Rows and columns of the calibration block.
  let calibration: (rows: Range<Int>, columns: Range<Int>)

  /// Throws `SamplingMaskError` for settings that leave no calibration block, or nothing beside it.
  init(
    pattern: MaskPattern, rows: Int, columns: Int, acceleration: Double, centerFraction: Double
  ) throws(SamplingMaskError) {
    guard acceleration.isFinite, acceleration >= 1 else { throw .acceleration(acceleration) }
    guard centerFraction > 0, centerFraction < 1 else { throw .centerFraction(centerFraction) }
    (self.pattern, self.rows, self.columns, self.acceleration) = (
      pattern, rows, columns, acceleration
    )
    // A square, as far as the plane is wide enough for one.
    let asked = centerFraction * Double(rows * columns)
    let side = asked.squareRoot()
    let height = min(rows, Int((asked / min(side, Double(columns))).rounded()))
    let width = min(columns, Int((asked / min(side, Double(rows))).rounded()))
    guard height >= 1, width >= 1 else {
      throw .noCalibrationPoints(rows: rows, columns: columns, centerFraction: centerFraction)
    }
    func centred(_ length: Int, in count: Int) -> Range<Int> {
      let start = (count - length + 1) / 2
      return start..<start + length
    }
    calibration = (centred(height, in: rows), centred(width, in: columns))
    guard height * width < targetCount else { throw tooLarge }
  }

  /// The number of points that the acceleration allows.
  var targetCount: Int {
    Int((Double(rows * columns) / acceleration).rounded(.toNearestOrEven))
  }

  var calibrationCount: Int { calibration.rows.count * calibration.columns.count }

  func isCalibration(row: Int, column: Int) -> Bool {
    calibration.rows.contains(row) && calibration.columns.contains(column)
  }

  /// The calibration block alone, `[rows, columns]`.
  var calibrationPoints: [Bool] {
    (0..<rows * columns).map { isCalibration(row: $0 / columns, column: $0 % columns) }
  }

  /// How far a place lies from the calibration block along each axis, as a share of the way to the edge of
  /// k-space on the longer side.
  ///
  /// Of SigPy, sigpy/mri/samp.py.
  func distanceFromCalibration(row: Int, column: Int) -> (row: Double, column: Double) {
    func share(_ place: Int, _ count: Int, _ block: Int) -> Double {
      let (centre, half) = (Double(count) / 2, Double(block) / 2)
      let most = centre - half
      return most > 0 ? max(0, abs(Double(place) - centre) - half) / most : 0
    }
    return (
      share(row, rows, calibration.rows.count), share(column, columns, calibration.columns.count)
    )
  }

  var tooLarge: SamplingMaskError {
    .tooFewPoints(
      pattern, acceleration: acceleration, rows: rows, columns: columns,
      calibrationPoints: calibrationCount)
  }
}
