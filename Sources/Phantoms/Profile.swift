/// Values that vary smoothly along a line, given at knots of ascending position (Catmull–Rom).
struct Profile: Sendable {
  private let positions: [Float]
  private let values: [Float]

  /// A profile through `(position, value)` knots, two or more.
  init(_ knots: [(Float, Float)]) {
    positions = knots.map(\.0)
    values = knots.map(\.1)
  }

  /// The value at a position; nil beyond the first and last knots.
  func callAsFunction(_ position: Float) -> Float? {
    guard let first = positions.first, let last = positions.last, position >= first,
      position <= last
    else { return nil }
    let segment = max(1, positions.firstIndex { $0 >= position } ?? 1)
    let (p0, p1) = (positions[segment - 1], positions[segment])
    let t = (position - p0) / (p1 - p0)
    func slope(_ knot: Int) -> Float {
      let (before, after) = (max(0, knot - 1), min(values.count - 1, knot + 1))
      return (values[after] - values[before]) / (positions[after] - positions[before]) * (p1 - p0)
    }
    let (v0, v1) = (values[segment - 1], values[segment])
    let (s0, s1) = (slope(segment - 1), slope(segment))
    let (t2, t3) = (t * t, t * t * t)
    return v0 * (2 * t3 - 3 * t2 + 1) + s0 * (t3 - 2 * t2 + t) + v1 * (3 * t2 - 2 * t3)
      + s1 * (t3 - t2)
  }
}
