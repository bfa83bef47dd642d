public import Arrays
public import LinearOperators

/// Measurements y = A x + noise of an image x `[rows, columns]`, as every method gets them.
///
/// There are two: `ReconstructionProblem`, a slice of an undersampled scan, whose images are complex, and
/// `LinearInverseProblem`, a real image behind any linear operator. Both are scaled so that ‖A‖ is at most 1,
/// which makes a solver's step of 1 safe, and that the bright parts of the image are near 1, which gives
/// weights and thresholds the same meaning everywhere. Nothing in them comes from the true image.
public protocol InverseProblem: Sendable {
  associatedtype System: LinearOperator
  /// A, from images `[rows, columns]` to measurements.
  var system: System { get }
  /// y, scaled, of the shape `system.codomain`.
  var measurements: ComplexArray { get }
  /// The image `[rows, columns]` that measurements give by themselves, without a prior.
  var direct: ComplexArray { get }
  /// The standard deviation of the noise in the real part of a measurement, and in the imaginary part where
  /// they are complex, if it is known beforehand; nil where it has to be estimated.
  var statedNoise: Float? { get }
  /// Whether first images are such as the generators' familiarity was calibrated on.
  var hasTrainedFirstImages: Bool { get }
  /// An image near the solution, `[rows, columns]`, that needs no wavelets; nil where there is none.
  var firstImage: ComplexArray? { get }

  /// A on images relative to `phase` `[rows, columns]`, a phasor at each pixel.
  func system(relativeTo phase: ComplexArray) -> any LinearOperator
  /// Where solvers with the operator `system`, this problem's or one relative to a phase, start from.
  func start(of system: any LinearOperator) -> ComplexArray
  /// The weights to look at for a method that looks at `ladder` on scans.
  func weights(_ ladder: WeightLadder) -> WeightLadder
  /// The phase to begin with, `[rows, columns]`; throws where the data do not tell it.
  func firstPhase() throws -> ComplexArray
  /// The smooth phase of an image `[rows, columns]`; `width` is that of the low-pass, a share of k-space.
  func phase(of image: ComplexArray, width: Float) -> ComplexArray
  /// The nearest image that the problem allows: itself, or its real part.
  func admissible(_ image: ComplexArray) -> ComplexArray

  /// The image `[rows, columns]` to look at, of one in the shape that the problem is solved in: itself, but for
  /// several sets of coil maps.
  func combined(_ image: ComplexArray) -> ComplexArray

  /// Puts one of `share` measurements aside that can be missed; nil where there are too few.
  ///
  /// - Parameters:
  ///   - phase: `[rows, columns]`; images are relative to it.
  ///   - seed: of the choice.
  func heldOut(oneOf share: Int, phase: ComplexArray, seed: UInt64) -> HeldOutData?
  /// Deals measurements into at most `count` folds, each of about `share` of all.
  func folds(share: Double, count: Int, seed: UInt64) throws -> ValidationFolds
  /// The noise of the measurements, in their units.
  func noise() -> MeasurementNoise
  /// Of an image `[rows, columns]` the squared misfit over what noise accounts for: 1 where the noise alone
  /// is missed; throws where the noise cannot be told.
  func discrepancy() throws -> (ComplexArray) -> Double
}

extension InverseProblem {
  public func combined(_ image: ComplexArray) -> ComplexArray { image }
}

/// Measurements in folds that are held out in turn, to choose a weight by.
public struct ValidationFolds: Sendable {
  struct Fold: Sendable {
    /// The problem without the fold, in the same units.
    let problem: any InverseProblem
    /// ‖A x − y‖² over the measurements held out, of an image `[rows, columns]`.
    let error: @Sendable (ComplexArray) -> Double
    /// ‖A x − y‖² over the measurements kept, less what noise gives in the mean, and at least 0.
    let excess: @Sendable (ComplexArray) -> Double
  }

  let folds: [Fold]
  /// How many measurements they hold in all, and what these are, in the plural.
  let count: Int
  let unit: String
  /// What an error held out is multiplied by, to stand for all that was never measured.
  let stand: Double
}
