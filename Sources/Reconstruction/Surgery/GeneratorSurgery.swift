import Arrays
public import Generators
import LinearOperators
import Optimization

/// Generator surgery: the coarsest levels are cut away, and the image is one that the rest of the generator
/// draws of whatever features it is given.
///
/// ‖A s G₂(h, ε) − y‖² is minimised by L-BFGS over all that the rest reads: the features h at the cut and
/// the deviations ε of the levels that are left; nothing keeps them near what the network knows. Source:
/// Park, Smith and Dy 2020, "Generator surgery for compressed sensing", and nik-sm/generator-surgery.
/// Other than theirs are
/// - the start, which is what the uncut network gives: where nothing was measured nothing moves, and from
///   random features noise would stay there (`start: normal` is theirs, in the features' own scale);
/// - L-BFGS, which is that of `Optimization` with its line search, not PyTorch's of a fixed step;
/// - fewer iterations, and only the best start goes on;
/// - scale, phase and coil maps, as for `csgm`.
///
/// Against `ilo` it has no encoder, no stages, no prior, no balls and no residual.
public struct GeneratorSurgery: ReconstructionMethod {
  public let name = "surgery"
  private let network: LadderNetwork
  public let settings: SurgerySettings

  /// The method with a trained network.
  ///
  /// Throws `ReconstructionError.settings` if the settings do not fit it.
  public init(
    weights: WeightsFile, settings: SurgerySettings = SurgerySettings()
  ) throws(ReconstructionError) {
    try weights.requireGenerator(for: name)
    if let fault = settings.fault(levels: weights.architecture.levels) {
      throw .settings(method: name, reason: fault)
    }
    network = weights.network
    self.settings = settings
  }

  public func reconstruct(
    _ problem: any InverseProblem, report: (ReconstructionProgress) throws -> Void
  ) throws -> Reconstruction {
    try GenerativeFit.reconstruction(
      of: problem, by: name,
      model: SurgeryModel(
        generator: CutGenerator(network, cut: settings.cut, shape: problem.system.domain),
        settings: settings),
      plan: settings.plan, report: report)
  }
}

/// All that a cut generator reads, free.
private struct SurgeryModel: GenerativeModel {
  let generator: CutGenerator
  let settings: SurgerySettings

  func start(_ index: Int) -> [Float] {
    var random = RandomStream(seed: settings.seed).split(stream: UInt64(index))
    switch settings.start {
    case .network:
      if index == 0 { return generator.vector(ofDeviations: []) }
      return generator.vector(
        ofDeviations: (0..<generator.deviationsBefore).map { _ in random.normal() })
    case .normal:
      let features = generator.vector(ofDeviations: [])[generator.features]
      let square = features.reduce(0.0) { $0 + Double($1) * Double($1) }
      let size = Float((square / Double(max(1, features.count))).squareRoot())
      return (0..<generator.count).map { place in
        let normal = max(-settings.limit, min(settings.limit, random.normal()))
        return generator.features.contains(place) ? size * normal : normal
      }
    }
  }

  func startName(_ index: Int) -> String {
    index == 0 && settings.start == .network ? "from the mean" : "from draw \(index)"
  }

  func image(of point: [Float], scale: Float) -> ComplexArray {
    generator.image(of: point, scale: scale)
  }

  func fit(
    from point: [Float], iterations: Int, to target: FitTarget,
    observe: (Int, Double) throws -> Void
  ) throws -> FittedPoint {
    let objective = CutObjective(
      generator: generator, system: target.system, measurements: target.measurements,
      scale: target.scale, fitsScale: target.fitsScale, clock: target.clock)
    let square = 2 * Double(target.scale * target.scale)
    return FittedPoint(
      point: try LBFGS().minimise(
        from: point, iterations: iterations,
        observe: { try observe($0.iteration, square * $0.value) },
        objective: { point, gradient in
          let value = objective.value(at: point, gradient: &gradient)
          if !settings.movesDeviations {
            for place in generator.features.upperBound..<generator.count { gradient[place] = 0 }
          }
          return value
        }
      ).point)
  }
}
