import Arrays
import LinearOperators
import Numerics
import Optimization

/// Plug-and-play reconstruction by half-quadratic splitting: data and a denoiser take turns.
///
/// Turn k: x = argmin ‖A x − y‖² + α ‖x − z‖² with α = λ σ²/σₖ², by conjugate gradients; then z = D(x, σₖ).
/// σ is the measurements' noise and σₖ falls from a first level to it. Source: Zhang et al., IEEE TPAMI
/// 44:6360 (2021), "DPIR": schedule and λ are theirs; after the last turn data have the last word, which
/// they have not there. The image is started, scaled and freed of its smooth phase as ILO's is; the phase
/// is taken anew before every denoising.
public struct PlugAndPlay: ReconstructionMethod {
  public let name = "pnp"
  private let denoiser: any ImageDenoiser
  public let settings: PlugAndPlaySettings

  /// Throws `ReconstructionError.settings` for a setting out of range.
  public init(
    denoiser: any ImageDenoiser, settings: PlugAndPlaySettings = PlugAndPlaySettings()
  ) throws(ReconstructionError) {
    if let fault = settings.fault { throw .settings(method: name, reason: fault) }
    (self.denoiser, self.settings) = (denoiser, settings)
  }

  public func reconstruct(
    _ problem: any InverseProblem, report: (ReconstructionProgress) throws -> Void
  ) throws -> Reconstruction {
    let clock = WorkClock()
    var stages = StageList(problem)
    try report(ReconstructionProgress(stage: "start", fraction: 0, misfit: 1))
    var start = ILOSettings()
    (start.phaseWidth, start.seed) = (settings.phaseWidth, settings.seed)
    let first = try clock.measure("start") { try FirstImage(problem, settings: start) }
    stages.add(first.image, as: first.name, iterations: start.startIterations)
    let scale = first.scale
    let noise = max(settings.noiseFloor, problem.noise().deviation / scale)

    var image = first.image
    let levels = settings.levels(noise: noise)
    for (turn, level) in levels.enumerated() {
      let nearer = clock.measure("operator") {
        dataStep(problem, from: image, noise: noise, level: level)
      }
      let phase = problem.phase(of: nearer, width: settings.phaseWidth)
      var relative = product(nearer, conjugate(phase))
      relative.scale(by: 1 / scale)
      var clean = clock.measure("generator") { denoiser.denoised(relative, level: level) }
      clean.scale(by: scale)
      image = product(problem.admissible(clean), phase)
      try requireFinite(image, of: name)
      let misfit = stages.add(image, as: "turn \(turn + 1)", iterations: 1)
      try report(
        ReconstructionProgress(
          stage: "turn \(turn + 1)", fraction: Double(turn + 1) / Double(levels.count + 1),
          misfit: misfit))
    }
    // Measurements that are known to be noisy have no last word, as in the original.
    if (problem.statedNoise ?? 0) == 0 {
      image = clock.measure("operator") {
        dataStep(problem, from: image, noise: noise, level: levels[levels.count - 1])
      }
      try requireFinite(image, of: name)
      stages.add(image, as: "data", iterations: settings.dataIterations)
    }
    try report(
      ReconstructionProgress(
        stage: stages.stages.last?.name ?? "", fraction: 1,
        misfit: stages.stages.last?.misfit ?? 1))
    var chosen = ["noise": Double(noise), "last level": Double(levels[levels.count - 1])]
    if problem.firstImage == nil {
      chosen["first wavelet weight"] = Double(first.search.choice.weight)
    }
    return Reconstruction(
      image: image, stages: stages.stages, chosen: chosen, seconds: clock.seconds)
  }

  /// argmin ‖A x − y‖² + α ‖x − z‖² from z: (AᴴA + α) (x − z) = Aᴴ(y − A z).
  private func dataStep(
    _ problem: any InverseProblem, from z: ComplexArray, noise: Float, level: Float
  ) -> ComplexArray {
    let system = problem.system
    let weight = settings.weight * (noise / level) * (noise / level)
    var gradient = ComplexArray(zeros: system.domain)
    _ = system.dataLoss(z, measurements: problem.measurements, into: &gradient)
    let step = ConjugateGradient(iterations: settings.dataIterations, tolerance: 1e-4).solve(
      gradient, weight: weight, applying: { system.normal($0, into: &$1) }, report: { _ in })
    var image = z
    image.add(-1, times: step)
    return image
  }
}
