/// The large clefts of the brain, in the standard frame.
enum Fissures {
  /// How far outside the callosum a midline position lies: 1 on its outer border, less inside.
  ///
  /// Inside, the hemispheres are joined and there is no cleft.
  static func callosum(_ y: Float, _ z: Float) -> Float {
    let (v, w) = ((y + 5) / 39, z / 29)
    return (v * v + w * w).squareRoot()
  }

  /// How far outside the cleft between the hemispheres a position lies, in millimetres.
  ///
  /// Negative in it. `x` counts from the midline.
  static func interhemispheric(
    _ x: Float, _ y: Float, _ z: Float, halfWidth: Float
  ) -> Float {
    max(abs(x) - halfWidth, (1 - callosum(y, z)) * 32)
  }

  /// How far outside the Sylvian fissure and the cistern over the insula a position lies, in
  /// millimetres.
  ///
  /// Negative in it. It goes from the side of the head inwards, then back along the insula, and out
  /// again further back; above z = 27 it is closed.
  static func sylvian(_ x: Float, _ y: Float, _ z: Float, halfWidth: Float) -> Float {
    let side = abs(x)
    let rise = 0.12 * z
    let line: [(Float, Float)] = [
      (74, 10 - rise), (58, 15 - rise), (46, 17 - rise), (40, 10), (38.5, 1), (40, -9),
      (45, -19), (53, -26), (64, -33),
    ]
    var nearest = Float.infinity
    for index in 1..<line.count {
      // The cistern closes from its ends: the outer limbs are narrower than the middle.
      let isLimb = index <= 2 || index >= 7
      let opening = halfWidth * (isLimb ? 0.55 : 1) * smoothStep(27, 16, z)
      let distance = distanceToSegment(side, y, line[index - 1], line[index])
      nearest = min(nearest, distance - opening)
    }
    return z < 27 ? nearest : .infinity
  }

  private static func distanceToSegment(
    _ x: Float, _ y: Float, _ a: (Float, Float), _ b: (Float, Float)
  ) -> Float {
    let (dx, dy) = (b.0 - a.0, b.1 - a.1)
    let t = min(1, max(0, ((x - a.0) * dx + (y - a.1) * dy) / (dx * dx + dy * dy)))
    let (px, py) = (x - a.0 - t * dx, y - a.1 - t * dy)
    return (px * px + py * py).squareRoot()
  }
}
