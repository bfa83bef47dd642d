public import Arrays
import Numerics

/// ESPIRiT: coil maps from the fully sampled centre of undersampled k-space, one set.
///
/// Every patch of k-space lies in a low-dimensional subspace; a sensitivity vector is, at each
/// pixel, the eigenvector of eigenvalue 1 of the projection onto that subspace. Source: Uecker et
/// al., MRM 71:990 (2014); defaults and phase after BART:src/calib/calib.c.
///
/// It differs from BART where few calibration lines are found: the kernel narrows along the
/// phase-encode axis to a third of the lines (measured on two head scans, 7 to 17 lines: at 9
/// lines the signal outside the maps falls from 6.5 % to 1.9 % on the one with little noise), and
/// more of the readout is taken. The eigenvectors are iterated to convergence. Where the object is cut off
/// along the readout, see `ReadoutMargin`.
public struct ESPIRiT: Sendable, Equatable, Codable {
  /// The kernel's extent along rows, and its largest extent along columns.
  public var kernelSize: Int
  /// Singular values above this fraction of the largest span the signal: BART's √0.001.
  public var singularValueThreshold: Float
  /// The most calibration lines used, and the side of the square whose samples are used.
  public var calibrationLimit: Int
  /// Maps are set to zero where the eigenvalue is at most this.
  ///
  /// The default 0 keeps every pixel: reconstruction then need not trust an edge drawn from a few
  /// lines, and the data decide what is background.
  public var eigenvalueCrop: Float

  /// The method with its defaults or other settings.
  public init(
    kernelSize: Int = 6, singularValueThreshold: Float = 0.0316, calibrationLimit: Int = 24,
    eigenvalueCrop: Float = 0
  ) {
    self.kernelSize = kernelSize
    self.singularValueThreshold = singularValueThreshold
    self.calibrationLimit = calibrationLimit
    self.eigenvalueCrop = eigenvalueCrop
  }

  /// The fewest calibration lines that maps are made from.
  public static let fewestLines = 4

  /// The coil maps `[coils, rows, columns]` of `kspace` `[coils, rows, columns]`.
  ///
  /// Only the calibration lines of `mask` are read. The maps' phase is that of a virtual coil, the
  /// first principal component of the calibration data, as in BART.
  ///
  /// Throws `CalibrationError` for fewer than 4 calibration lines, for a coil of zeros only and for
  /// values that are not finite.
  public func coilMaps(
    kspace: ComplexArray, mask: SamplingMask
  ) throws(CalibrationError) -> CoilMaps {
    try estimate(kspace: kspace, mask: mask).sets[0]
  }

  /// Above this eigenvalue a set of maps beside the first is needed; at or below it, it is zero.
  ///
  /// It is BART's default for all sets (`ecalib -c`).
  public static let furtherSetThreshold: Float = 0.8

  /// What the calibration lines tell of the coils.
  public struct Estimate: Sendable {
    /// The sets of maps, by falling eigenvalue, one at least.
    public let sets: [CoilMaps]
    /// Of the pixels at which the first set explains the data, the share at which a second one explains as
    /// much, both by an eigenvalue above `furtherSetThreshold`, on a grid of every eighth pixel; nil where it
    /// was not asked for, and for images that are too small to tell, of fewer than 64 rows or columns.
    ///
    /// Near 0 where one set is enough.
    public let secondSetShare: Double?

    public init(sets: [CoilMaps], secondSetShare: Double?) {
      self.sets = sets
      self.secondSetShare = secondSetShare
    }
  }

  /// The first `count` sets of maps, each as `coilMaps` gives the first.
  ///
  /// Where the field of view is smaller than the object, two places of it fall on one pixel and no one set of
  /// maps explains the data; a second one does, with an eigenvalue near 1 there (Uecker et al. 2014, section
  /// "soft SENSE"). Further sets are zero where their eigenvalue is at most `furtherSetThreshold`. A single coil
  /// has one set, whatever `count` is. Throws as `coilMaps` does.
  public func estimate(
    kspace: ComplexArray, mask: SamplingMask, count: Int = 1, measuresSecondSet: Bool = false
  ) throws(CalibrationError) -> Estimate {
    guard let margin = ReadoutMargin(kspace: kspace, mask: mask) else {
      return try periodicEstimate(kspace, mask, count, measuresSecondSet)
    }
    let estimate = try periodicEstimate(
      margin.widened(kspace, mask: mask), mask, count, measuresSecondSet)
    return Estimate(
      sets: estimate.sets.map(margin.narrowed), secondSetShare: estimate.secondSetShare)
  }

  /// The estimate where first and last row, and first and last column, are neighbours.
  func periodicEstimate(
    _ kspace: ComplexArray, _ mask: SamplingMask, _ count: Int, _ measuresSecondSet: Bool
  ) throws(CalibrationError) -> Estimate {
    let calibration = try Calibration(self, kspace: kspace, mask: mask)
    guard let eigenvectors = calibration.eigenvectors else {
      // One coil cannot be told from the image: its map is 1.
      let maps = CoilMaps(
        sensitivities: ComplexArray(shape: kspace.shape, repeating: .one),
        eigenvalues: RealArray(shape: Array(kspace.shape.dropFirst()), repeating: 1))
      return Estimate(sets: [maps], secondSetShare: measuresSecondSet ? 0 : nil)
    }
    let sets =
      count < 2
      ? [eigenvectors.maps(phaseReference: calibration.phaseReference)]
      : eigenvectors.mapSets(
        min(count, kspace.shape[0]), phaseReference: calibration.phaseReference)
    return Estimate(
      sets: sets.enumerated().map { index, maps in
        let threshold = index == 0 ? eigenvalueCrop : max(eigenvalueCrop, Self.furtherSetThreshold)
        return threshold > 0 ? maps.cropped(below: threshold) : maps
      },
      secondSetShare: measuresSecondSet && kspace.shape.suffix(2).allSatisfy { $0 >= 64 }
        ? eigenvectors.secondSetShare(above: Self.furtherSetThreshold) : nil)
  }
}

/// What the calibration lines of one slice give before any pixel is looked at.
private struct Calibration {
  /// The virtual coil whose phase the maps have, `[coils]`.
  let phaseReference: [Complex<Float>]
  /// Nil for a single coil.
  let eigenvectors: PixelwiseEigenvectors?

  init(_ method: ESPIRiT, kspace: ComplexArray, mask: SamplingMask) throws(CalibrationError) {
    let (kernelSize, calibrationLimit) = (method.kernelSize, method.calibrationLimit)
    let region = try CalibrationRegion(kspace: kspace, mask: mask, limit: calibrationLimit)
    let (rows, columns) = (kspace.shape[1], kspace.shape[2])
    if region.coils == 1 {
      (phaseReference, eigenvectors) = ([.one], nil)
      return
    }
    guard region.columns >= ESPIRiT.fewestLines else {
      throw .tooFewLines(found: region.columns, needed: ESPIRiT.fewestLines)
    }
    guard region.rows >= kernelSize else {
      throw .tooFewRows(found: region.rows, needed: kernelSize)
    }
    let kernelColumns = min(kernelSize, (region.columns + 2) / 3)
    do {
      let kernels = try SignalKernels(
        region: region, kernelRows: kernelSize, kernelColumns: kernelColumns,
        threshold: method.singularValueThreshold)
      let covariance = try LinearAlgebra.hermitianEigensystem(
        region.coilCovariance(), size: region.coils)
      eigenvectors = PixelwiseEigenvectors(kernels: kernels, rows: rows, columns: columns)
      phaseReference = Array(covariance.vectors.suffix(region.coils))
    } catch {
      throw .noConvergence(error.description)
    }
  }
}
