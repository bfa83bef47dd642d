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
/// maps' error or another fault of the model (motion, signal from outside the field of view). Where it
/// is large no image is called under-fitted. With one coil there is no such excess to be seen.
///
/// On nine simulated scans of validation slices (SNR 40, maps by ESPIRiT from 9 to 25 lines), the fully
/// sampled image combined by these maps has a departure of 0.6 to 0.9 where the model error is under 0.1;
/// of 1.0 and 1.5 at 4x, 4.5 and 6.9 at 8x on the two scans where it is 0.9 and 1.9.
public struct DataFit: Sendable, Codable, Equatable {
  public enum Verdict: String, Sendable, Codable {
    case explained
    case underFitted = "under-fitted"
    case overFitted = "over-fitted"
    /// More than noise is left, but the coil maps' error is large enough to be the reason.
    case undecided
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
  /// By how much the least residual exceeds what noise alone leaves, as a share of that.
  ///
  /// This is the model's error. Nil where the measurements are too few to tell, as with one coil.
  public var modelError: Double?
  public var verdict: Verdict

  /// Below this departure the image is over-fitted: it has taken up three quarters of the noise that it
  /// can.
  public static let overFittedBelow = 0.25
  /// Above this departure the image is under-fitted, unless the model is bad.
  public static let underFittedAbove = 2.0
  /// Above this model error the maps may be the reason for a large departure.
  public static let badModelAbove = 0.5

  /// How `image` `[rows, columns]` explains `problem`.
  init(
    _ image: ComplexArray, _ problem: ReconstructionProblem, noise: MeasurementNoise,
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
    (self.departure, self.modelError) = (departure, modelError)
    if departure < Self.overFittedBelow {
      verdict = .overFitted
    } else if departure <= Self.underFittedAbove {
      verdict = .explained
    } else {
      verdict = (modelError ?? 0) > Self.badModelAbove ? .undecided : .underFitted
    }
  }

  /// Whether the coil maps leave so much more than the noise that the verdict stands on weak ground.
  public var hasBadModel: Bool { (modelError ?? 0) > Self.badModelAbove }
}
