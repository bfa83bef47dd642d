import Arrays

/// A smooth random field in space: a sum of plane waves of random direction and phase.
///
/// The wavelengths lie in a narrow band, so that the field has no lattice and its zero set is a
/// labyrinth of about evenly spaced, winding surfaces (Berry, J. Phys. A 10:2083, 1977): the shape
/// of cortical folds. Mean 0, variance 1.
struct RandomWaves: Sendable {
  /// Wave vectors in cycles per millimetre and phases in cycles, eight waves to a vector.
  private var x: [SIMD8<Float>] = []
  private var y: [SIMD8<Float>] = []
  private var z: [SIMD8<Float>] = []
  private var phase: [SIMD8<Float>] = []
  private let scale: Float

  /// A field whose wavelengths are `wavelength` mm give or take the fraction `band`, of a multiple
  /// of 8 `waves`.
  init(wavelength: Float, band: Float = 0.25, waves: Int = 16, _ random: inout RandomStream) {
    let groups = max(1, waves / 8)
    for _ in 0..<groups {
      var (kx, ky, kz, start) = (
        SIMD8<Float>.zero, SIMD8<Float>.zero, SIMD8<Float>.zero, SIMD8<Float>.zero
      )
      for lane in 0..<8 {
        let direction = SIMD3(random.normal(), random.normal(), random.normal())
        let length = max(1e-3, (direction * direction).sum().squareRoot())
        let frequency = (1 + band * (2 * random.uniform() - 1)) / wavelength
        kx[lane] = direction.x / length * frequency
        ky[lane] = direction.y / length * frequency
        kz[lane] = direction.z / length * frequency
        start[lane] = random.uniform()
      }
      x.append(kx)
      y.append(ky)
      z.append(kz)
      phase.append(start)
    }
    scale = (2 / Float(8 * groups)).squareRoot()
  }

  /// The field at a point in millimetres.
  func value(_ px: Float, _ py: Float, _ pz: Float) -> Float {
    var sum = SIMD8<Float>.zero
    for group in x.indices {
      sum += cosineOfCycles(x[group] * px + y[group] * py + z[group] * pz + phase[group])
    }
    return scale * sum.sum()
  }
}

/// cos(2πt), to 2·10⁻³: the Taylor polynomial after reduction to half a period either way.
///
/// Plain multiplications, so that eight waves cost about as much as one call of `cos`.
private func cosineOfCycles(_ cycles: SIMD8<Float>) -> SIMD8<Float> {
  // Adding and taking away 1.5 · 2²³ rounds to the nearest whole number.
  let magic = SIMD8<Float>(repeating: 12_582_912)
  let rest = cycles - ((cycles + magic) - magic)
  let u = rest * rest
  var value = SIMD8<Float>(repeating: 7.903_536)
  value = value * u - 26.426_257
  value = value * u + 60.244_641
  value = value * u - 85.456_817
  value = value * u + 64.939_394
  value = value * u - 19.739_209
  return value * u + 1
}

/// 0 below `low`, 1 above `high`, and a smooth step between.
func smoothStep(_ low: Float, _ high: Float, _ value: Float) -> Float {
  let t = min(1, max(0, (value - low) / (high - low)))
  return t * t * (3 - 2 * t)
}
