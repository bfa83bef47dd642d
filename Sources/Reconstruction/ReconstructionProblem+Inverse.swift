import Acquisition
public import Arrays
public import LinearOperators

extension ReconstructionProblem: InverseProblem {
  /// The zero-filled image, Aᴴ y, or that of k-space filled beyond partial Fourier.
  public var direct: ComplexArray { filledImage ?? system.adjoint(measurements) }

  public var statedNoise: Float? { nil }
  public var hasTrainedFirstImages: Bool { true }
  public var firstImage: ComplexArray? { nil }

  /// Of several sets the root of the sum of their squares, with the phase of the first.
  public func combined(_ image: ComplexArray) -> ComplexArray {
    image.shape.count == 3 ? image.combinedParts : image
  }

  public func system(relativeTo phase: ComplexArray) -> any LinearOperator {
    system.modulated(by: phase)
  }

  public func start(of system: any LinearOperator) -> ComplexArray { system.adjoint(measurements) }

  public func weights(_ ladder: WeightLadder) -> WeightLadder { ladder }

  /// The phase of the calibration lines; throws `CalibrationError` if the mask leaves none.
  public func firstPhase() throws -> ComplexArray {
    try LowResolutionPhase.phase(kspace: kspace, mask: mask, maps: maps)
  }

  public func phase(of image: ComplexArray, width: Float) -> ComplexArray {
    ImagePhase.phasor(of: image, width: width)
  }

  public func admissible(_ image: ComplexArray) -> ComplexArray { image }

  /// Holds out columns, or points, beyond the calibration lines.
  public func heldOut(oneOf share: Int, phase: ComplexArray, seed: UInt64) -> HeldOutData? {
    HeldOutData(
      maps: maps, phase: phase, mask: mask, kspace: kspace, share: share, seed: seed)
  }

  /// Folds of columns, or points, beyond the calibration lines; throws `SamplingMaskError` if a fold leaves nothing.
  public func folds(share: Double, count: Int, seed: UInt64) throws -> ValidationFolds {
    let held = HeldOutSamples(mask: mask, share: share, count: count, seed: seed).folds
    let heldCount = max(1, held.joined().count)
    let missing = mask.acquiredCount - mask.sampledCount
    // Without an estimate of the noise all of the misfit counts.
    let noise = try? NoiseLevel(kspace: kspace, mask: mask)
    return ValidationFolds(
      folds: try held.map { samples in
        let fold = try HeldOutFold(self, without: samples)
        return ValidationFolds.Fold(
          problem: fold.problem, error: { fold.error(of: $0) },
          excess: { fold.problem.excessMisfit(of: $0, noise: noise) })
      }, count: heldCount, unit: mask.unit,
      // What is held out stands for all that is missing, and at least for itself.
      stand: Double(max(missing, heldCount)) / Double(heldCount))
  }

  public func noise() -> MeasurementNoise {
    MeasurementNoise(measurements: measurements, mask: mask)
  }

  public func discrepancy() throws -> (ComplexArray) -> Double {
    let noise = try NoiseLevel(kspace: kspace, mask: mask)
    return { discrepancy(of: $0, noise: noise) }
  }
}
