public import Acquisition
public import Arrays
public import LinearOperators

/// One undersampled slice as every method gets it: operator, measurements, mask, maps and scale.
///
/// Everything in it comes from the sampled columns or points alone. Intensities are scaled once, here: the
/// 99th percentile of the zero-filled image's magnitude becomes 1, so that thresholds and the
/// generator's range mean the same for every scanner.
public struct ReconstructionProblem: Sendable {
  /// y = A x: coil maps, Fourier transform, sampling.
  public let system: SENSEOperator
  /// The scaled measurements, of the shape `system.codomain`.
  public let measurements: ComplexArray
  /// The scaled k-space, `[coils, rows, columns]`, zero where nothing was sampled.
  public let kspace: ComplexArray
  /// The sampled columns or points.
  public let mask: SamplingMask
  /// Coil maps with Σ|S|² = 1 or 0 at each pixel; the first set where there are several.
  public let maps: CoilMaps
  /// All sets of coil maps, at right angles to each other at each pixel; `system` is theirs.
  public let mapSets: [CoilMaps]
  /// What the measurements were divided by, in units of the file.
  public let intensityScale: Float
  /// The scaled image, of the shape of all images, of the measurements by themselves where k-space beyond partial Fourier was
  /// filled; nil where it is zero.
  public var filledImage: ComplexArray?

  /// The percentile of the zero-filled magnitude that is scaled to 1.
  public static let scalePercentile = 99.0

  /// Masks, scales and transforms `kspace` `[coils, rows, columns]`, given in units of the file.
  ///
  /// Throws `ReconstructionError` when the sampled data are not finite or hold no signal.
  public init(
    kspace: ComplexArray, mask: SamplingMask, maps: CoilMaps
  ) throws(ReconstructionError) {
    guard kspace.shape == maps.sensitivities.shape, mask.fits(kspace.shape) else {
      shapeError(
        "k-space \(kspace.shape), a mask of \(mask.columns.count) columns and coil maps "
          + "\(maps.sensitivities.shape) do not fit")
    }
    let system = SENSEOperator(maps: maps.sensitivities, mask: mask.samples)
    var measurements = system.hybrid(kspace)
    let zeroFilled = system.adjoint(measurements).magnitudes
    guard zeroFilled.values.allSatisfy(\.isFinite) else { throw .notFinite }
    let scale = percentile(zeroFilled.values, Self.scalePercentile)
    guard scale > 0, (1 / scale).isFinite else { throw .noSignal }
    measurements.scale(by: 1 / scale)
    self.system = system
    self.measurements = measurements
    self.kspace = system.kspace(measurements)
    self.mask = mask
    self.maps = maps
    mapSets = [maps]
    intensityScale = scale
  }

  /// The problem `one` of one set of maps with further sets, in the same units.
  ///
  /// Its images are `[sets, rows, columns]`: for the methods of which `usesMapSets` is true.
  public init(_ one: ReconstructionProblem, furtherSets: [CoilMaps]) {
    let sets = [one.maps] + furtherSets
    system = SENSEOperator(sets: sets.map(\.sensitivities), mask: one.mask.samples)
    (measurements, kspace, mask) = (one.measurements, one.kspace, one.mask)
    (maps, mapSets, intensityScale) = (one.maps, sets, one.intensityScale)
  }

  /// The problem of fewer samples, with the maps, scale and units of this one.
  ///
  /// `mask` must be of the same kind and sample nothing that this problem's does not.
  func keeping(_ mask: SamplingMask) -> ReconstructionProblem {
    guard mask.rows == self.mask.rows,
      zip(mask.samples, self.mask.samples).allSatisfy({ !$0 || $1 })
    else {
      shapeError("a problem cannot keep samples that were not sampled")
    }
    return ReconstructionProblem(
      system: system.resampled(by: mask.samples), kspace: kspace, mask: mask, sets: mapSets,
      intensityScale: intensityScale)
  }

  /// `kspace` is scaled; what `mask` does not sample of it is cleared.
  private init(
    system: SENSEOperator, kspace: ComplexArray, mask: SamplingMask, sets: [CoilMaps],
    intensityScale: Float
  ) {
    self.system = system
    measurements = system.hybrid(kspace)
    self.kspace = system.kspace(measurements)
    (self.mask, maps, mapSets) = (mask, sets[0], sets)
    self.intensityScale = intensityScale
  }
}

/// Measurements that no method can reconstruct from.
public enum ReconstructionError: Error, CustomStringConvertible, Equatable {
  case notFinite
  case noSignal
  /// Measurements of a `LinearInverseProblem` that no method can use.
  case measurementsNotFinite
  case nothingMeasured
  /// The noise was asked for where none is stated.
  case noiseless
  case diverged(method: String)
  case setting(method: String, setting: String, value: Double)
  case settings(method: String, reason: String)

  public var description: String {
    switch self {
    case .notFinite:
      "the sampled k-space holds values that are not finite; check the file for damage"
    case .noSignal:
      "the zero-filled image is empty; check that the slice holds signal in the sampled columns"
    case .measurementsNotFinite:
      "the measurements or their noise are not finite; check the image for damage"
    case .nothingMeasured:
      "the measurements hold no signal; check that the image holds some"
    case .noiseless:
      "the measurements have no noise to go by"
    case .diverged(let method):
      "\(method) gave values that are not finite; check the settings of the method"
    case .settings(let method, let reason): "\(method): \(reason)"
    case .setting(let method, let setting, let value):
      "\(method): \(setting) must be a number of 0 or more, not \(value)"
    }
  }
}
