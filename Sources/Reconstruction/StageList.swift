import Arrays
import LinearOperators

/// The stages of a method, each with the misfit of its image.
struct StageList {
  private(set) var stages: [Reconstruction.Stage] = []
  private let problem: any InverseProblem
  private let norm: Double

  init(_ problem: any InverseProblem) {
    self.problem = problem
    norm = problem.measurements.squaredNorm.squareRoot()
  }

  /// Adds a stage with its complex image `[rows, columns]`, and gives ‖A x − y‖ / ‖y‖.
  @discardableResult
  mutating func add(_ image: ComplexArray, as name: String, iterations: Int) -> Double {
    var misfit = problem.system.forward(image)
    misfit.add(-1, times: problem.measurements)
    let relative = misfit.squaredNorm.squareRoot() / norm
    stages.append(
      Reconstruction.Stage(name: name, image: image, misfit: relative, iterations: iterations))
    return relative
  }
}
