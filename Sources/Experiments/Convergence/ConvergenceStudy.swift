public import Acquisition
import Arrays
import LinearOperators
import Numerics
import Optimization
import Reconstruction
public import ScanFiles

/// How fast the solvers of the classical methods come near their minimum, with and without their
/// improvements.
///
/// Functions that are compared are fixed: the wavelets of `l1-wavelet` are shifted only in the
/// variants that say so, and their objective is measured without a shift all the same; what such
/// variants gain shows in the NMSE.
public struct ConvergenceStudy {
  private let problem: ReconstructionProblem
  /// The fully sampled image's magnitude, scaled as the problem.
  private let reference: RealArray
  private let iterations: Int

  /// Slice `slice` of a fully sampled `scan` under `mask`.
  ///
  /// Throws as `UndersampledSlice` does.
  public init(scan: any Scan, slice: Int, mask: SamplingMask, iterations: Int) throws {
    problem = try UndersampledSlice(scan: scan, slice: slice, mask: mask).problem
    let full = try UndersampledSlice(
      scan: scan, slice: slice, mask: try SamplingMask.fullySampled(columns: mask.columns.count)
    ).problem
    var image = full.system.adjoint(full.measurements).magnitudes
    let factor = full.intensityScale / problem.intensityScale
    for index in image.values.indices { image.values[index] *= factor }
    reference = image
    self.iterations = iterations
  }

  /// The same of a problem, with the magnitude that images are measured against.
  init(problem: ReconstructionProblem, reference: RealArray, iterations: Int) {
    (self.problem, self.reference, self.iterations) = (problem, reference, iterations)
  }

  /// Runs all solvers; the time is a minute or so for 100 iterations of 16 coils and 320 × 320.
  public func run() -> ConvergenceResult {
    let sense = SENSESolvers(problem: problem, weight: SENSE.standardWeight)
    let wavelet = L1Wavelet()
    let variation = TotalVariation()
    var runs = [sense.conjugateGradients(recorder("sense", "conjugate gradients"), iterations)]
    runs.append(
      sense.fista(recorder("sense", "FISTA"), solver(.growing(restarts: true))))
    for (name, momentum, continuation) in variants(wavelet.solver) {
      for seed in [nil, wavelet.seed] {
        let label = seed == nil ? name : "\(name) (shifted)"
        runs.append(
          l1Wavelet(recorder("l1-wavelet", label), wavelet, seed, solver(momentum, continuation)))
      }
    }
    for (name, momentum, continuation) in variants(variation.solver) {
      runs.append(
        totalVariation(recorder("tv", name), variation, solver(momentum, continuation)))
    }
    runs.append(primalDual(recorder("tv", "primal-dual")))
    var best: [String: Double] = [:]
    let long = FISTA(iterations: 5 * iterations, step: 1)
    for run in [
      sense.conjugateGradients(recorder("sense", "", every: 20), 5 * iterations),
      l1Wavelet(recorder("l1-wavelet", "", every: 20), wavelet, nil, long),
      totalVariation(recorder("tv", "", every: 20), variation, long),
    ] + runs {
      for point in run.points where point.objective < best[run.method] ?? .infinity {
        best[run.method] = point.objective
      }
    }
    return ConvergenceResult(runs: runs, best: best)
  }

  private func variants(_ chosen: FISTA) -> [(String, FISTA.Momentum, FISTA.Continuation?)] {
    [
      ("growing momentum with restarts", .growing(restarts: true), nil),
      ("constant momentum", chosen.momentum, nil),
      ("constant momentum and continuation", chosen.momentum, chosen.continuation),
    ]
  }

  private func solver(
    _ momentum: FISTA.Momentum, _ continuation: FISTA.Continuation? = nil
  ) -> FISTA {
    FISTA(iterations: iterations, step: 1, momentum: momentum, continuation: continuation)
  }

  private func recorder(_ method: String, _ variant: String, every: Int = 1) -> ConvergenceRecorder
  {
    ConvergenceRecorder(
      run: ConvergenceRun(method: method, variant: variant), every: every, reference: reference)
  }

  private func dataLoss(_ x: ComplexArray) -> Double {
    var unused = x
    return problem.system.dataLoss(x, measurements: problem.measurements, into: &unused)
  }

  private func fista(
    _ recorder: ConvergenceRecorder, _ solver: FISTA,
    _ proximal: (inout ComplexArray, Float) -> Void, _ objective: (ComplexArray) -> Double
  ) -> ConvergenceRun {
    var recorder = recorder
    _ = solver.minimise(
      from: problem.system.adjoint(problem.measurements),
      gradient: { problem.system.dataLoss($0, measurements: problem.measurements, into: &$1) },
      proximal: proximal,
      report: { recorder.record($0.iteration, $0.solution, objective) })
    return recorder.run
  }

  private func l1Wavelet(
    _ recorder: ConvergenceRecorder, _ method: L1Wavelet, _ seed: UInt64?, _ solver: FISTA
  ) -> ConvergenceRun {
    let shape = problem.system.domain
    let transform = WaveletOperator(
      shape: shape, filter: method.filter,
      levels: WaveletOperator.usefulLevels(shape: shape, limit: method.levels))
    var shrinkage = WaveletShrinkage(transform: transform, seed: seed)
    return fista(
      recorder, solver, { shrinkage.apply(&$0, threshold: $1 * L1Wavelet.standardWeight) },
      { x in
        let sum = transform.forward(x).magnitudes.values.reduce(0) { $0 + Double($1) }
        return dataLoss(x) + Double(L1Wavelet.standardWeight) * sum
      })
  }

  private func totalVariation(
    _ recorder: ConvergenceRecorder, _ method: TotalVariation, _ solver: FISTA
  ) -> ConvergenceRun {
    let weight = TotalVariation.standardWeight
    var denoiser = VariationDenoiser(
      shape: problem.system.domain, steps: method.steps(weight: weight))
    return fista(
      recorder, solver, { denoiser.apply(&$0, threshold: $1 * weight) },
      { variationObjective($0) })
  }

  private func variationObjective(_ x: ComplexArray) -> Double {
    let differences = FiniteDifferenceOperator(shape: x.shape).forward(x).values
    var variation = 0.0
    for index in 0..<x.count {
      let square = differences[index].lengthSquared + differences[x.count + index].lengthSquared
      variation += Double(square.squareRoot())
    }
    return dataLoss(x) + Double(TotalVariation.standardWeight) * variation
  }

  /// Primal-dual hybrid gradients with an explicit data term.
  ///
  /// Source: Condat, J. Optim. Theory Appl. 158:460 (2013), algorithm 3.1. The step 1.5 was the fastest
  /// of 0.25, 0.5, 1 and 1.5.
  private func primalDual(_ recorder: ConvergenceRecorder) -> ConvergenceRun {
    var recorder = recorder
    let differences = FiniteDifferenceOperator(shape: problem.system.domain)
    let tau: Float = 1.5
    let sigma = (1 / tau - 0.5) / 8
    let weight = TotalVariation.standardWeight
    var x = problem.system.adjoint(problem.measurements)
    var dual = ComplexArray(zeros: differences.codomain)
    var slope = x
    for iteration in 1...max(1, iterations) {
      _ = problem.system.dataLoss(x, measurements: problem.measurements, into: &slope)
      slope.add(1, times: differences.adjoint(dual))
      var ahead = x
      ahead.add(-2 * tau, times: slope)
      x.add(-tau, times: slope)
      dual.add(sigma, times: differences.forward(ahead))
      for index in 0..<x.count {
        let (a, b) = (dual.values[index], dual.values[x.count + index])
        let length = (a.lengthSquared + b.lengthSquared).squareRoot()
        if length > weight {
          dual.values[index] = a.multiplied(by: weight / length)
          dual.values[x.count + index] = b.multiplied(by: weight / length)
        }
      }
      recorder.record(iteration, x) { variationObjective($0) }
    }
    return recorder.run
  }
}
