import Arrays
import LinearOperators

/// What a method with a generator moves to meet the measurements: one flat vector, the image that it
/// stands for, and the way to a better one.
///
/// `GenerativeFit` does all else: first image, phase and scale, starts, rounds, and their record.
protocol GenerativeModel {
  /// The vector of start `index`, from 0.
  func start(_ index: Int) -> [Float]
  /// What that start is called in the record.
  func startName(_ index: Int) -> String
  /// The image relative to the phase, `[rows, columns]`, in the problem's units: s times what the generator
  /// draws, and whatever else the method adds to it.
  func image(of point: [Float], scale: Float) -> ComplexArray
  /// The vector found from `point` in a number of iterations.
  ///
  /// - Parameter observe: gets the iterations done and ‖A x − y‖²; what it throws ends the work.
  func fit(
    from point: [Float], iterations: Int, to target: FitTarget,
    observe: (Int, Double) throws -> Void
  ) throws -> FittedPoint
}

extension GenerativeModel {
  func startName(_ index: Int) -> String { index == 0 ? "from the mean" : "from draw \(index)" }
}

/// What a fit is to meet.
struct FitTarget {
  let problem: any InverseProblem
  /// What images are relative to, `[rows, columns]`.
  let phase: ComplexArray
  /// A on images relative to the phase.
  let system: any LinearOperator
  /// s, from the generator's units to those of the problem.
  let scale: Float
  /// Whether the brightness that suits the data best takes the place of s.
  let fitsScale: Bool
  /// 0 for a start, and then the round, from 1.
  let round: Int
  let clock: WorkClock

  var measurements: ComplexArray { problem.measurements }

  /// `misfit`, in the generator's units, or the noise where it is known and greater.
  func misfit(atLeast misfit: Float) -> Float {
    problem.statedNoise.map { max(misfit, $0 / scale) } ?? misfit
  }
}

/// A vector that a fit ended with.
struct FittedPoint {
  var point: [Float]
  /// Values that the fit chose from the data, for the record.
  var chosen: [String: Double] = [:]
}

/// The starts and rounds of a fit.
struct FitPlan {
  /// The number of starts; the one of least misfit goes on.
  var starts: Int
  /// Iterations from each start.
  var iterations: Int
  /// The iterations of each further round, before which the phase is taken anew from the image.
  var refinements: [Int]
  /// Whether the scale is fitted with the rest, by least squares.
  var fitsScale: Bool
  /// Whether a residual that is sparse in wavelets is added at the end.
  var addsResidual = false
  /// What first image, phase and wavelet residual are told.
  var stage: ILOSettings

  /// All iterations: about so many evaluations of the loss.
  var totalIterations: Int { starts * iterations + refinements.reduce(0, +) }
}
