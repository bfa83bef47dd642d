import Arrays
import LinearOperators
import Numerics
import Optimization

/// What the scan's noise does to linear reconstructions, by pseudo-replicas: noise of the estimated level
/// in place of the measurements, reconstructed like them (Robson et al., MRM 60:895, 2008).
///
/// The deviation of the replicas of a SENSE reconstruction is noise times g-factor, for this mask and
/// these maps, without a formula that would need a regular mask.
struct NoiseReplicas: Sendable {
  /// E|x|² of the noise at each pixel of the SENSE image with the weight `weight`, `[rows, columns]`.
  let power: RealArray
  /// E‖n‖² of the drawn noise.
  let energy: Double
  /// E‖n − A x‖² with x the least-squares image of the noise: what no image can take up.
  let leastResidual: Double

  /// How many replicas the energies are means of: they are sums over many samples, and hardly vary.
  private static let residualReplicas = 2

  /// - Parameters:
  ///   - weight: the Tikhonov weight λ of the SENSE reconstruction.
  ///   - seed: of the noise; each replica has a stream of its own.
  init(
    noise: MeasurementNoise, system: SENSEOperator, count: Int, weight: Float, seed: UInt64
  ) {
    let (rows, columns) = (system.domain[0], system.domain[1])
    let streams = RandomStream(seed: seed)
    var power = [Double](repeating: 0, count: rows * columns)
    var (energy, least) = (0.0, 0.0)
    for replica in 0..<count {
      var random = streams.split(stream: UInt64(replica))
      let drawn = noise.draw(shape: system.codomain, random: &random)
      let image = system.leastSquares(drawn, weight: weight, iterations: 30)
      for index in power.indices { power[index] += Double(image.values[index].lengthSquared) }
      if replica < Self.residualReplicas {
        energy += drawn.squaredNorm
        least += system.leastResidual(drawn)
      }
    }
    self.power = RealArray(
      shape: system.domain, values: power.map { Float($0 / Double(max(1, count))) })
    let residuals = Double(max(1, min(count, Self.residualReplicas)))
    (self.energy, leastResidual) = (energy / residuals, least / residuals)
  }
}

extension SENSEOperator {
  /// The image `[rows, columns]` of least ‖A x − y‖² + `weight` ‖x‖².
  func leastSquares(
    _ measurements: ComplexArray, weight: Float, iterations: Int, tolerance: Double = 1e-3
  ) -> ComplexArray {
    ConjugateGradient(iterations: iterations, tolerance: tolerance).solve(
      adjoint(measurements), weight: weight, applying: { normal($0, into: &$1) },
      report: { _ in })
  }

  /// The least ‖A x − y‖² of any image, but for directions of which A sees next to nothing.
  func leastResidual(_ measurements: ComplexArray) -> Double {
    let image = leastSquares(measurements, weight: 1e-5, iterations: 100, tolerance: 1e-5)
    return squaredResidual(of: image, measurements)
  }

  /// ‖A x − y‖².
  func squaredResidual(of image: ComplexArray, _ measurements: ComplexArray) -> Double {
    var residual = forward(image)
    residual.add(-1, times: measurements)
    return residual.squaredNorm
  }
}
