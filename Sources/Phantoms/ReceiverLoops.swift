import Arrays
import Numerics

/// An array of receiver loops around the head.
///
/// The sensitivity of a loop is, by reciprocity, the transverse field `Bx - i By` of a unit current
/// in it (Hoult and Richards, J. Magn. Reson. 24:71, 1976), summed over straight pieces of wire by
/// the law of Biot and Savart in its closed form for a segment.
struct ReceiverLoops: Sendable {
  private struct Loop: Sendable {
    /// The corners of the wire in millimetres; the last is the first.
    var corners: [SIMD3<Float>]
    var centre: SIMD3<Float>
    var outwards: SIMD3<Float>
    /// Gain and phase of the receiver.
    var gain: Complex<Float>
  }
  private var loops: [Loop] = []

  /// The semi-axes of the ellipse on which the loops' centres lie, in millimetres.
  static let semiAxes: (x: Float, y: Float) = (125, 143)
  /// The height of the middle of the array, in millimetres.
  static let middle: Float = 20

  /// The number of loops.
  var count: Int { loops.count }

  /// `count` loops on an ellipse around the middle of the field of view, in two rings from four
  /// on, with gains and phases that differ as those of receivers do.
  ///
  /// Gains are such that the root sum of squares in the middle is 1.
  init(count: Int, _ random: inout RandomStream) {
    let pieces = 24
    // A single ring has loops that overlap a little; more than ten would become too small for it.
    let radius = max(40, min(75, 540 / Float(count)))
    for number in 0..<count {
      let jitter = 0.12 * random.normal()
      let angle = 2 * .pi * (Float(number) + 0.5 + jitter) / Float(count)
      let outwards = SIMD3<Float>(Float.sin(angle), Float.cos(angle), 0)
      let centre = SIMD3<Float>(
        Self.semiAxes.x * outwards.x, Self.semiAxes.y * outwards.y,
        Self.middle + (number % 2 == 0 ? 24 : -24))
      let along = SIMD3<Float>(-outwards.y, outwards.x, 0)
      let corners = (0...pieces).map { piece in
        let turn = 2 * Float.pi * Float(piece % pieces) / Float(pieces)
        return centre + radius * (Float.cos(turn) * along + SIMD3(0, 0, Float.sin(turn)))
      }
      let gain = Complex<Float>(
        length: 1 + 0.12 * random.normal(), phase: 2 * .pi * random.uniform())
      loops.append(Loop(corners: corners, centre: centre, outwards: outwards, gain: gain))
    }
    let middle = SIMD3<Float>(0, 0, Self.middle)
    let total = loops.reduce(Float(0)) { $0 + field($1, middle).lengthSquared }.squareRoot()
    for index in loops.indices { loops[index].gain /= Complex(total, 0) }
  }

  /// The complex sensitivity of one loop at a place in millimetres.
  func sensitivity(_ coil: Int, at place: SIMD3<Float>) -> Complex<Float> {
    field(loops[coil], place)
  }

  /// The middle of a loop, the direction of its axis away from the head, and its radius.
  func geometry(_ coil: Int) -> (centre: SIMD3<Float>, axis: SIMD3<Float>, radius: Float) {
    let loop = loops[coil]
    let arm = loop.corners[0] - loop.centre
    return (loop.centre, loop.outwards, (arm * arm).sum().squareRoot())
  }

  private func field(_ loop: Loop, _ place: SIMD3<Float>) -> Complex<Float> {
    var sum = SIMD3<Float>.zero
    var from = place - loop.corners[0]
    var fromLength = (from * from).sum().squareRoot()
    for corner in loop.corners.dropFirst() {
      let to = place - corner
      let toLength = (to * to).sum().squareRoot()
      // Hanson and Hirshman, Phys. Plasmas 9:4410, 2002; softened by 4 mm² in the wire itself.
      let product = fromLength * toLength
      let denominator = product * (product + (from * to).sum()) + 16
      sum += cross(from, to) * ((fromLength + toLength) / denominator)
      (from, fromLength) = (to, toLength)
    }
    return Complex(sum.x, -sum.y) * loop.gain
  }
}

private func cross(_ a: SIMD3<Float>, _ b: SIMD3<Float>) -> SIMD3<Float> {
  SIMD3(a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x)
}
