import Arrays
import Foundation
import LinearOperators
import Numerics

/// The last layer of ILO: what the generator cannot draw, sparse in wavelets.
///
/// argmin_d ½‖A d − r‖² + λ‖W d‖₁ for the residual r of the generator's image.
struct WaveletResidual {
  let system: SENSEOperator
  let residual: ComplexArray
  let iterations: Int
  var imaginary: Float = 0

  /// FISTA with random cycle spinning; `start` is the first iterate.
  func solve(weight: Float, from start: ComplexArray? = nil, iterations count: Int? = nil) -> ComplexArray {
    let shape = system.domain
    let wavelet = WaveletOperator(
      shape: shape, levels: WaveletOperator.usefulLevels(shape: shape))
    let b = system.adjoint(residual)
    var x = start ?? ComplexArray(zeros: shape)
    var z = x
    var t: Float = 1
    var random = RandomStream(seed: 5)
    var normal = ComplexArray(zeros: shape)
    for _ in 0..<(count ?? iterations) {
      system.normal(z, into: &normal)
      var g = z
      g.add(-1, times: normal)
      g.add(1, times: b)
      let (dy, dx) = (Int(random.next() % 16), Int(random.next() % 16))
      var c = wavelet.forward(rolled(g, dy, dx))
      for i in c.values.indices {
        if imaginary == 0 {
          let m = c.values[i].lengthSquared.squareRoot()
          c.values[i] = m > weight ? c.values[i].multiplied(by: 1 - weight / m) : .zero
        } else {
          let (a, b) = (c.values[i].real, c.values[i].imaginary)
          let w = imaginary * weight
          c.values[i] = Complex(a > weight ? a - weight : a < -weight ? a + weight : 0,
            b > w ? b - w : b < -w ? b + w : 0)
        }
      }
      let next = rolled(wavelet.adjoint(c), -dy, -dx)
      let tn = (1 + (1 + 4 * t * t).squareRoot()) / 2
      z = next
      z.scale(by: 1 + (t - 1) / tn)
      z.add(-(t - 1) / tn, times: x)
      (x, t) = (next, tn)
    }
    return x
  }

  private func rolled(_ a: ComplexArray, _ dy: Int, _ dx: Int) -> ComplexArray {
    let (h, w) = (a.shape[0], a.shape[1])
    var r = a
    for y in 0..<h {
      let sy = (y - dy + 2 * h) % h
      for x in 0..<w { r.values[y * w + x] = a.values[sy * w + (x - dx + 2 * w) % w] }
    }
    return r
  }
}
