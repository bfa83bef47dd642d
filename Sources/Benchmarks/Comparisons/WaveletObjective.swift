import Arrays
import LinearOperators
import Reconstruction

/// What L1-wavelet minimises, as one number for images of any program: ½‖A x − y‖² + λ · the mean of
/// ‖W S x‖₁ over a fixed set of circular shifts S.
///
/// Both programs shift the wavelets at random from iteration to iteration and so draw near to the
/// minimum of the mean over all shifts.
struct WaveletObjective {
  private let problem: ReconstructionProblem
  private let weight: Double
  private let transform: WaveletOperator
  private let shifts: [(down: Int, right: Int)]

  init(problem: ReconstructionProblem, method: L1Wavelet) {
    self.problem = problem
    weight = Double(L1Wavelet.standardWeight)
    let shape = problem.system.domain
    let levels = WaveletOperator.usefulLevels(shape: shape, limit: method.levels)
    transform = WaveletOperator(shape: shape, filter: method.filter, levels: levels)
    var random = RandomStream(seed: 21)
    let period = UInt64(1) << UInt64(levels)
    shifts = (0..<16).map { _ in
      (Int(random.next() % period) % shape[0], Int(random.next() % period) % shape[1])
    }
  }

  func value(_ image: ComplexArray) -> Double {
    guard image.shape == problem.system.domain else { return .nan }
    var gradient = ComplexArray(zeros: image.shape)
    let misfit = problem.system.dataLoss(
      image, measurements: problem.measurements, into: &gradient)
    let (rows, columns) = (image.shape[0], image.shape[1])
    let norms = shifts.map { shift in
      var moved = image
      for row in 0..<rows {
        for column in 0..<columns {
          let to = (row + shift.down) % rows * columns + (column + shift.right) % columns
          moved.values[to] = image.values[row * columns + column]
        }
      }
      return transform.forward(moved).magnitudes.values.reduce(0.0) { $0 + Double($1) }
    }
    return misfit + weight * norms.reduce(0, +) / Double(norms.count)
  }
}
