import Arrays
import Numerics
import Optimization

/// Whether the projection onto the l1 ball gives the nearest point.
///
/// p is the projection of v onto the ball of radius r exactly if ⟨v − p, q − p⟩ ≤ 0 for every q in the ball,
/// that is r ‖v − p‖∞ ≤ ⟨v − p, p⟩: the optimality condition (Karush, Kuhn and Tucker), which needs no
/// competitors. Random ones are tried too.
public enum ProjectionCheck {
  public struct Row: Sendable, Equatable, Codable {
    /// Values of the vector.
    public var count: Int
    /// The radius over ‖v‖₁.
    public var radiusShare: Double
    /// The least (‖v − q‖ − ‖v − p‖) / ‖v − p‖ of all competitors q: below 0 one of them is nearer.
    public var leastMargin: Double
    /// (r ‖v − p‖∞ − ⟨v − p, p⟩) / (r ‖v − p‖∞): 0 for the nearest point.
    public var optimalityGap: Double
    /// (‖p‖₁ − r) / r.
    public var excess: Double
    /// ‖p(p(v)) − p(v)‖ / ‖p(v)‖.
    public var secondMove: Double
  }

  /// Vectors of several sizes, and radii from nearly nothing to nearly all.
  static func rows(trials: Int, seed: UInt64) -> [Row] {
    var random = RandomStream(seed: seed).split(stream: 0x70726f6a)
    var rows: [Row] = []
    for count in [10, 100, 2000] {
      for share in [0.01, 0.1, 0.5, 0.9] {
        let vector = (0..<count).map { _ in random.normal() }
        rows.append(row(vector, radiusShare: share, trials: trials, &random))
      }
    }
    return rows
  }

  static func row(
    _ vector: [Float], radiusShare: Double, trials: Int, _ random: inout RandomStream
  ) -> Row {
    let radius = radiusShare * absoluteSum(vector)
    let projected = project(vector, radius)
    let away = zip(vector, projected).map { Double($0) - Double($1) }
    let distance = norm(away)
    let largest = away.reduce(0) { max($0, abs($1)) }
    let product = zip(away, projected).reduce(0.0) { $0 + $1.0 * Double($1.1) }
    var least = Double.infinity
    for trial in 0..<trials {
      let competitor = competitor(trial, vector, projected, radius, &random)
      let other = norm(zip(vector, competitor).map { Double($0) - $1 })
      least = min(least, (other - distance) / distance)
    }
    let again = project(projected, radius)
    return Row(
      count: vector.count, radiusShare: radiusShare, leastMargin: least,
      optimalityGap: (radius * largest - product) / (radius * largest),
      excess: (absoluteSum(projected) - radius) / radius,
      secondMove: norm(zip(again, projected).map { Double($0) - Double($1) })
        / norm(projected.map(Double.init)))
  }

  /// A point of the ball: near the projection, towards a corner, the vector shrunk, or anywhere.
  private static func competitor(
    _ trial: Int, _ vector: [Float], _ projected: [Float], _ radius: Double,
    _ random: inout RandomStream
  ) -> [Double] {
    var point = projected.map(Double.init)
    switch trial % 4 {
    case 0:
      let size = radius / Double(vector.count) * Double(random.uniform())
      for index in point.indices { point[index] += size * Double(random.normal()) }
    case 1:
      let corner = Int.random(in: point.indices, using: &random)
      let share = 0.2 * Double(random.uniform())
      for index in point.indices { point[index] *= 1 - share }
      point[corner] += share * radius * (vector[corner] < 0 ? -1 : 1)
    case 2:
      let power = 0.5 + 2 * Double(random.uniform())
      for index in point.indices {
        let value = Double(vector[index])
        let size = power == 1 ? abs(value) : Double.pow(abs(value), power)
        point[index] = value < 0 ? -size : size
      }
    default:
      for index in point.indices { point[index] = Double(random.normal()) }
    }
    // Outside the ball a competitor is drawn in along its ray.
    let sum = point.reduce(0.0) { $0 + abs($1) }
    if sum > radius || trial % 4 == 2 {
      for index in point.indices { point[index] *= radius / sum }
    }
    return point
  }

  private static func project(_ vector: [Float], _ radius: Double) -> [Float] {
    var result = vector
    result.withUnsafeMutableBufferPointer { L1Ball(radius: radius).project($0) }
    return result
  }

  private static func norm(_ values: [Double]) -> Double {
    values.reduce(0.0) { $0 + $1 * $1 }.squareRoot()
  }
}
