import Arrays
import Numerics

extension PointMaskRequest {
  /// Spokes through the centre, each the golden angle after the one before, from a random first angle, and
  /// the calibration block on top.
  ///
  /// Each spoke goes to the ellipse that touches the edges of k-space and takes the grid's point nearest to
  /// it in every row or column that it crosses. Spokes are added as long as they bring the number of points
  /// nearer to the asked one. The golden angle, 111.246°, is of Winkelmann et al., IEEE TMI 26:68 (2007).
  func radialPoints(_ generator: inout MersenneTwister) -> [Bool] {
    var points = calibrationPoints
    var count = calibrationCount
    var angle = Double.pi * generator.uniform()
    let golden = Double.pi * 2 / (1 + 5.0.squareRoot())
    // More spokes than that find hardly a new point.
    for _ in 0..<4 * (rows + columns) {
      var more = points
      var added = 0
      for place in spoke(angle) where !more[place] {
        more[place] = true
        added += 1
      }
      if abs(count + added - targetCount) > abs(count - targetCount) { break }
      (points, count) = (more, count + added)
      angle += golden
    }
    return points
  }

  /// The places on the spoke at `angle`.
  private func spoke(_ angle: Double) -> [Int] {
    let (rowCentre, columnCentre) = (Double(rows / 2), Double(columns / 2))
    let (rowReach, columnReach) = (
      Double(rows - 1) / 2 * Double.sin(angle), Double(columns - 1) / 2 * Double.cos(angle)
    )
    let steps = max(1, Int(max(abs(rowReach), abs(columnReach))))
    return (-steps...steps).compactMap { step in
      let share = Double(step) / Double(steps)
      let row = Int((rowCentre + share * rowReach).rounded())
      let column = Int((columnCentre + share * columnReach).rounded())
      guard (0..<rows).contains(row), (0..<columns).contains(column) else { return nil }
      return row * columns + column
    }
  }
}
