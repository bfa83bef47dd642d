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

  init(rows: Int, columns: Int, channels: Int = 1) throws {
    weights = Self.weights(radii: [0.3, 0.3, 0.3], channels: channels)
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
  static func weights(radii: [Double], channels: Int = 1) -> WeightsFile {
    let architecture = LadderArchitecture(
      widths: [8, 6, 4], latents: [3, 2, 2], encoderWidths: [4, 6, 8], imageChannels: channels,
      encoderChannels: channels)
    var random = RandomStream(seed: 11)
    let parameters = (0..<LadderNetwork.parameterCount(architecture)).map { _ in
      0.15 * random.normal()
    }
    var file = WeightsFile(architecture: architecture, parameters: parameters, notes: [:])
    file.deviationRadii = radii
    return file
  }

  /// An encoder's answer that no encoder gave: random means, scales from 0.3 to 1.3.
  var origin: LatentOrigin {
    var random = RandomStream(seed: 31)
    let count = latents.ranges.last?.upperBound ?? 0
    return LatentOrigin(
      mean: (0..<count).map { _ in 0.5 * random.normal() },
      scale: (0..<count).map { _ in 0.3 + random.uniform() })
  }

  func objective(
    settings: ILOSettings, levels: Int, radii: [Double]?, origin: LatentOrigin? = nil
  ) -> LatentObjective {
    LatentObjective(
      latents: latents, system: problem.system, measurements: problem.measurements,
      image: problem.system.adjoint(problem.measurements).realPart, origin: origin, levels: levels,
      scale: 1.2,
      settings: settings, penaltyRadii: radii, clock: WorkClock())
  }
}

extension ComplexArray {
  /// The same values without their imaginary parts.
  var realPart: ComplexArray {
    ComplexArray(shape: shape, values: values.map { .init($0.real, 0) })
  }
}
