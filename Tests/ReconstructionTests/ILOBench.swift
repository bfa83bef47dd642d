import Acquisition
import Arrays
import Generators
import LinearOperators
import Numerics
import TestSupport

@testable import Reconstruction

/// A small untrained generator before a small scan.
struct ILOBench {
  let weights: WeightsFile
  let latents: LatentSpace
  let problem: ReconstructionProblem

  init(rows: Int, columns: Int) throws {
    weights = Self.weights(radii: [0.3, 0.3, 0.3])
    let scan = SyntheticCoils(coils: 3, rows: rows, columns: columns)
    let mask = try SamplingMask(
      pattern: .random, columns: columns, acceleration: 3, centerFraction: 0.3, seed: .integer(2))
    problem = try ReconstructionProblem(
      kspace: scan.kspace, mask: mask,
      maps: CoilMaps(
        sensitivities: scan.maps, eigenvalues: RealArray(shape: [rows, columns], repeating: 1)))
    latents = LatentSpace(
      generator: weights.network.generator,
      frame: ImageFrame(shape: [rows, columns], factor: 4))
  }

  /// Three levels of a few channels with random weights, and the given l1 radii.
  static func weights(radii: [Double]) -> WeightsFile {
    let architecture = LadderArchitecture(
      widths: [8, 6, 4], latents: [3, 2, 2], encoderWidths: [4, 6, 8])
    var random = RandomStream(seed: 11)
    let parameters = (0..<LadderNetwork.parameterCount(architecture)).map { _ in
      0.15 * random.normal()
    }
    var file = WeightsFile(architecture: architecture, parameters: parameters, notes: [:])
    file.deviationRadii = radii
    return file
  }

  func objective(
    settings: ILOSettings, levels: Int, radii: [Double]?
  ) -> LatentObjective {
    LatentObjective(
      latents: latents, system: problem.system, measurements: problem.measurements,
      image: problem.system.adjoint(problem.measurements).realPart, levels: levels, scale: 1.2,
      settings: settings, penaltyRadii: radii, clock: WorkClock())
  }
}

extension ComplexArray {
  /// The same values without their imaginary parts.
  var realPart: ComplexArray {
    ComplexArray(shape: shape, values: values.map { .init($0.real, 0) })
  }
}
