/// Where the deviations are measured from: the encoder's answer, in units of how sure it is.
///
/// ε = c + d u, with c and d the mean and the scale of the encoder's posterior of an image. In u the
/// posterior is a standard normal density, as the prior is in ε.
struct LatentOrigin: Sendable {
  /// c, all levels, coarse to fine.
  let mean: [Float]
  /// d, as long.
  let scale: [Float]

  /// ε for `u`; what `u` lacks at the end is 0.
  func deviations(_ u: [Float]) -> [Float] {
    var result = mean
    for index in u.indices { result[index] += scale[index] * u[index] }
    return result
  }

  /// Turns a gradient with respect to the first deviations into one with respect to u.
  func pullBack(_ gradient: UnsafeMutableBufferPointer<Float>) {
    scale.withUnsafeBufferPointer { scale in
      for index in gradient.indices { gradient[index] *= scale[index] }
    }
  }
}
