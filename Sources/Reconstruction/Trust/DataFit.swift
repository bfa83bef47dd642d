import Arrays
import LinearOperators

/// How well an image explains the measurements, in units of the noise.
///
/// Two yardsticks beside the noise's own energy: the least residual that any image leaves with these
/// coil maps, from the data; and the least that it should leave if there were noise alone, from
/// pseudo-replicas. Between the least residual and the true image's lies as much noise as an image can
/// take up. `departure` is where the image stands between: 0 has taken up all of it, 1 has taken up none,
/// as the true image, more than 1 contradicts the measurements.
///
/// Coil maps from a few lines are never quite right, and then even the true image contradicts the
/// measurements. How wrong they are shows in the least residual: what is in excess of the noise is the
/// maps' error or another fault of the model (motion, signal from outside the field of view). The
/// verdict allows for as much again. With one coil there is no such excess to be seen.
public struct DataFit: Sendable, Codable, Equatable {
  public enum Verdict: String, Sendable, Codable {
    case explained
    case underFitted = "under-fitted"
    case overFitted = "over-fitted"
    /// There is no noise to measure by.
    case unknown
  }

  /// The noise's standard deviation per real part, as a root mean square over the coils; in units of the
  /// measurements.
  public var noise: Double
  /// ‖y − A x‖² over the expected noise energy.
  public var residual: Double
  /// The least residual of any image, in the same unit.
  public var leastResidual: Double
  /// What it should be by noise alone.
  public var expectedLeast: Double
  /// Where the residual lies: 0 at the least, 1 as much above it as noise alone should lift the true
  /// image's; nil where there is no noise.
  public var departure: Double?
  /// By how much the least residual exceeds what noise alone leaves, as a share of that: the model's
  /// error. Nil where the measurements are too few to tell, as with one coil.
  public var modelError: Double?
  public var verdict: Verdict

  /// Below this departure the image is over-fitted: it has taken up three quarters of the noise that it
  /// can.
  public static let overFittedBelow = 0.25
  /// Above this departure times (1 + model error) the image is under-fitted.
  public static let underFittedAbove = 2.0
  /// From this model error on the maps contradict the data by more than the noise does.
  public static let badModelAbove = 1.0

  /// How `image` `[rows, columns]` explains `problem`.
  init(
    _ image: ComplexArray, _ problem: ReconstructionProblem, noise: NoiseLevel,
    replicas: NoiseReplicas, least: Double
  ) {
    let system = problem.system
    let residual = system.squaredResidual(of: image, problem.measurements)
    let energy = noise.energy(shape: system.codomain)
    self.noise = Double(noise.deviation)
    // Noise that single precision can hardly tell from none is none.
    guard energy > 1e-10 * problem.measurements.squaredNorm, replicas.energy > 0 else {
      (self.residual, leastResidual, expectedLeast) = (0, 0, 0)
      verdict = .unknown
      return
    }
    self.residual = residual / energy
    leastResidual = least / energy
    let expectedLeast = replicas.leastResidual / replicas.energy
    self.expectedLeast = expectedLeast
    let departure = (self.residual - leastResidual) / max(1e-6, 1 - expectedLeast)
    let modelError = expectedLeast > 0.02 ? leastResidual / expectedLeast - 1 : nil
    let allowed = Self.underFittedAbove * (1 + max(0, modelError ?? 0))
    (self.departure, self.modelError) = (departure, modelError)
    verdict =
      departure < Self.overFittedBelow
      ? .overFitted : departure > allowed ? .underFitted : .explained
  }

  /// Whether the coil maps leave more than the noise, so that the verdict stands on weak ground.
  public var hasBadModel: Bool { (modelError ?? 0) > Self.badModelAbove }
}
