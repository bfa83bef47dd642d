import Acquisition
import Arrays
import Foundation
public import Generators
import Layers
import LinearOperators
import Numerics
import Optimization

/// Intermediate Layer Optimization (Daras, Dean, Jalal & Dimakis, ICML 2021) for a ladder decoder.
public struct ILO: ReconstructionMethod {
  public let name = "ilo"
  public let network: LadderNetwork
  public let radii: [Double]
  public let settings: ILOSettings

  public init(network: LadderNetwork, radii: [Double], settings: ILOSettings = ILOSettings()) {
    self.network = network
    self.radii = radii
    self.settings = settings
  }

  public func reconstruct(
    _ problem: ReconstructionProblem, report: (ReconstructionProgress) throws -> Void
  ) throws -> Reconstruction {
    let generator = network.generator
    let frame = ImageFrame(
      shape: problem.system.domain, factor: generator.architecture.coarsestFactor)
    let counts = LatentObjective.counts(generator, frame)
    let y = problem.measurements
    let norm = y.squaredNorm.squareRoot()
    var phase = try LowResolutionPhase.phase(
      kspace: problem.kspace, mask: problem.mask, maps: problem.maps)
    var stages: [Reconstruction.Stage] = []
    // start
    let classical = WaveletResidual(system: problem.system, residual: y, iterations: 40).solve(
      weight: 1e-2, from: problem.system.adjoint(y))
    let magnitude = classical.magnitudes
    var scale = settings.startScale > 0 ? settings.startScale : percentile(magnitude.values, 99.8) / ByteImageStack.brightest
    let encoded = network.encode(frame.paste(magnitude.values.map { $0 / scale }))
    var point = encoded[0].values
    if settings.startWidth > 0 { phase = ImagePhase.phasor(of: classical, width: settings.startWidth) }
    var d = ComplexArray(zeros: problem.system.domain)
    var image = d
    var chosen: [String: Double] = [:]
    for round in 0..<settings.phaseRounds {
      let system = problem.system.modulated(by: phase)
      var target = y
      if settings.keepResidual { target.add(-1, times: system.forward(d)) }
      let first = round == 0 ? 0 : generator.levels.count - 1
      for stage in first..<generator.levels.count {
        let wanted = counts.prefix(stage + 1).reduce(0, +)
        if point.count < wanted { point += [Float](repeating: 0, count: wanted - point.count) }
        let drawn = frame.cut(
          LatentObjective.draw(point, generator: generator, frame: frame).output, scale: 1)
        let a = system.forward(drawn)
        let energy = a.squaredNorm
        if energy > 0, settings.rescale { scale = Float(a.innerProduct(target).real / energy) }
        let limits = zip(radii, counts).map { $0 * Double($1) * settings.radiusFactor }
        let objective = LatentObjective(
          generator: generator, system: system, measurements: target, frame: frame,
          levels: stage + 1, scale: scale, misfit: settings.misfit,
          priorWeight: settings.priorWeight,
          penaltyRadii: settings.constraint == .penalty ? limits : nil)
        let iterations = round == 0 ? settings.iterations[stage] : settings.refinements
        let project: ((inout [Float]) -> Void)? =
          settings.constraint == .ball
          ? { point in
            var start = 0
            point.withUnsafeMutableBufferPointer { all in
              for level in 0...stage {
                let range = start..<start + counts[level]
                L1Ball(radius: limits[level]).project(
                  UnsafeMutableBufferPointer(rebasing: all[range]))
                start += counts[level]
              }
            }
          } : nil
        let result = try LBFGS().minimise(
          from: point, iterations: iterations, project: project,
          observe: {
            try report(
              ReconstructionProgress(
                stage: "level \(stage)", fraction: 0, misfit: $0.value))
          }, objective: { objective($0, &$1) })
        point = result.point
        image = frame.cut(
          LatentObjective.draw(point, generator: generator, frame: frame).output, scale: scale)
        stages.append(
          stageResult("round \(round) level \(stage) evals \(result.evaluations)", image, phase, system, y, norm, iterations))
      }
      var residual = y
      residual.add(-1, times: system.forward(image))
      let (weight, _) = chooseWeight(
        maps: problem.maps, phase: phase, mask: problem.mask, kspace: problem.kspace, image: image)
      chosen["residual weight \(round)"] = Double(weight)
      d = WaveletResidual(
        system: system, residual: residual, iterations: settings.residualIterations, imaginary: settings.imaginary
      ).solve(weight: weight)
      image.add(1, times: d)
      stages.append(stageResult("round \(round) residual \(weight)", image, phase, system, y, norm, 0))
      image = product(image, phase)
      if round + 1 < settings.phaseRounds {
        let old = phase
        phase = ImagePhase.phasor(
          of: image, width: settings.phaseWidths[min(round, settings.phaseWidths.count - 1)])
        // d relative to new phase
        d = ComplexArray(
          shape: d.shape,
          values: d.values.indices.map { d.values[$0] * old.values[$0] * phase.values[$0].conjugate })
      }
    }
    return Reconstruction(image: image, stages: stages, chosen: chosen)
  }

  private func stageResult(
    _ name: String, _ image: ComplexArray, _ phase: ComplexArray, _ system: SENSEOperator,
    _ y: ComplexArray, _ norm: Double, _ n: Int
  ) -> Reconstruction.Stage {
    var r = system.forward(image)
    r.add(-1, times: y)
    return Reconstruction.Stage(
      name: name, image: product(image, phase), misfit: r.squaredNorm.squareRoot() / norm,
      iterations: n)
  }

  func chooseWeight(
    maps: CoilMaps, phase: ComplexArray, mask: SamplingMask, kspace: ComplexArray,
    image: ComplexArray
  ) -> (Float, [Double]) {
    let acs = mask.calibrationColumns
    var free = mask.columns.indices.filter { mask.columns[$0] && !acs.contains($0) }
    var random = RandomStream(seed: settings.seed)
    free.shuffle(using: &random)
    let held = Set(free.prefix(max(2, free.count / 5)))
    let kept = mask.columns.indices.map { mask.columns[$0] && !held.contains($0) }
    let away = mask.columns.indices.map { held.contains($0) }
    let full = maps.multiplied(byPhase: phase).sensitivities
    let fit = SENSEOperator(maps: full, mask: kept)
    let check = SENSEOperator(maps: full, mask: away)
    var r = fit.hybrid(kspace)
    r.add(-1, times: fit.forward(image))
    var h = check.hybrid(kspace)
    h.add(-1, times: check.forward(image))
    var start: ComplexArray?
    var errors: [Double] = []
    for weight in settings.residualWeights {
      let d = WaveletResidual(system: fit, residual: r, iterations: 25, imaginary: settings.imaginary).solve(
        weight: weight, from: start)
      start = d
      var e = check.forward(d)
      e.add(-1, times: h)
      errors.append(e.squaredNorm)
    }
    let best = errors.indices.min { errors[$0] < errors[$1] } ?? 0
    return (settings.residualWeights[best], errors)
  }
}
