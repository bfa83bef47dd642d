import Arrays
import LinearOperators
import Optimization
import Reconstruction

/// The solvers of ½‖A x − y‖² + ½λ‖x‖² for `ConvergenceStudy`.
struct SENSESolvers {
  let problem: ReconstructionProblem
  let weight: Float

  private func objective(_ x: ComplexArray) -> Double {
    var unused = x
    return problem.system.dataLoss(x, measurements: problem.measurements, into: &unused)
      + Double(weight) / 2 * x.squaredNorm
  }

  func conjugateGradients(_ recorder: ConvergenceRecorder, _ iterations: Int) -> ConvergenceRun {
    var recorder = recorder
    _ = ConjugateGradient(iterations: iterations, tolerance: 1e-6).solve(
      problem.system.adjoint(problem.measurements),
      weight: weight, applying: { problem.system.normal($0, into: &$1) },
      report: { recorder.record($0.iteration, $0.solution, objective) })
    return recorder.run
  }

  func fista(_ recorder: ConvergenceRecorder, _ solver: FISTA) -> ConvergenceRun {
    var recorder = recorder
    _ = solver.minimise(
      from: problem.system.adjoint(problem.measurements),
      gradient: { problem.system.dataLoss($0, measurements: problem.measurements, into: &$1) },
      proximal: { $0.scale(by: 1 / (1 + $1 * weight)) },
      report: { recorder.record($0.iteration, $0.solution, objective) })
    return recorder.run
  }
}
