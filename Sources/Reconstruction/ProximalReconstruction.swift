import Arrays
import LinearOperators
import Optimization

extension InverseProblem {
  /// The image that `solver` gives for the data term and a proximal map, from `start` or, without
  /// one, from that of the problem.
  ///
  /// Throws `ReconstructionError.diverged` in the name of `method`, and what `report` throws.
  func minimise(
    _ solver: FISTA, of method: String, from start: ComplexArray? = nil,
    proximal: (inout ComplexArray, Float) -> Void,
    _ report: (ReconstructionProgress) throws -> Void
  ) throws -> ComplexArray {
    let norm = measurements.squaredNorm.squareRoot()
    func progress(_ done: Int, _ loss: Double) -> ReconstructionProgress {
      ReconstructionProgress(
        stage: "FISTA", fraction: Double(done) / Double(solver.iterations + 1),
        misfit: (2 * loss).squareRoot() / norm)
    }
    let image = try solver.minimise(
      from: start ?? self.start(of: system),
      gradient: { system.dataLoss($0, measurements: measurements, into: &$1) },
      proximal: proximal, report: { try report(progress($0.iteration, $0.smoothValue)) })
    try requireFinite(image, of: method)
    var unused = image
    let loss = system.dataLoss(image, measurements: measurements, into: &unused)
    try report(progress(solver.iterations + 1, loss))
    return image
  }
}

extension InverseProblem {
  /// The images `[rows, columns]` that make up one of the problem: one, or one for each set of coil maps.
  var imageParts: Range<Int> { 0..<(system.domain.count == 3 ? system.domain[0] : 1) }

  /// Changes each of them in place.
  func eachPart(of image: inout ComplexArray, _ body: (Int, inout ComplexArray) -> Void) {
    if imageParts.count == 1 { return body(0, &image) }
    for index in imageParts {
      var part = image.part(index)
      body(index, &part)
      image.setPart(index, to: part)
    }
  }
}

extension FISTA {
  /// The solver for a start that is the image of a weight close by: without a larger weight at first,
  /// and with half the iterations.
  var fromNeighbour: FISTA {
    var solver = self
    solver.continuation = nil
    solver.iterations = (iterations + 1) / 2
    return solver
  }
}
