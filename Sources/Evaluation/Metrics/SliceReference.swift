public import Arrays

/// A reference slice prepared once, to measure several reconstructions against it in several regions.
///
/// In a region the metrics mean:
/// - PSNR, NMSE and NRMSE: over the region's pixels.
/// - SSIM: the mean over the 7×7 windows, all inside the slice, whose centres lie in the region. For
///   the whole slice that is fastMRI's figure to the last bit.
/// - HFEN: the whole slice is filtered, the two norms are taken over the region's pixels.
/// - VIF: both sums of information are taken over the windows, at each of the four scales, whose
///   centres lie in the region.
/// - HaarPSI and GMSD: the weighted mean and the deviation are taken over those 2×2 blocks of the slice
///   of which at least half lies in the region.
///
/// The surroundings of a region thus enter through the windows of all but the first three.
///
/// A metric is absent where it is not defined, never NaN: if the region has no pixel (or window, or
/// block; for GMSD fewer than two), if the slice is smaller than `Metric.minimumSide`, if the reference
/// holds no information in the region (VIF), and if neither image has a coefficient to weight by there
/// (HaarPSI). A region whose reference is empty has NMSE, NRMSE and HFEN 0 if it is met exactly and
/// +∞ if not, as in `measure`. PSNR is +∞ for a region without an error.
public struct SliceReference: Sendable {
  /// The rows and columns of the slice.
  public let shape: [Int]
  /// The maximum of the reference over its volume.
  public let dataRange: Double
  /// The metrics that are measured.
  public let metrics: [Metric]
  /// The regions that are measured.
  public let masks: [RegionMask]

  private let image: Plane
  private let pixels: [[Int]]
  private let energies: [Double]
  private let windows: [[Int]]
  private let structure: StructuralSimilarity?
  private let highFrequency: HighFrequencyError?
  private let information: VisualInformation?
  private let haar: HaarWaveletSimilarity?
  private let gradient: GradientSimilarity?

  /// Prepares `reference`, a magnitude image `[rows, columns]`, for `metrics` in the regions `masks`.
  ///
  /// - Throws: `MetricError` for a shape that is no slice, a mask of another size, a pixel that is not
  ///   finite and a `dataRange` that is not positive and finite.
  public init(
    _ reference: RealArray, dataRange: Double, metrics: [Metric] = Metric.allCases,
    masks: [RegionMask]
  ) throws(MetricError) {
    let image = try finitePlane(reference, .reference)
    guard dataRange > 0, dataRange.isFinite else {
      throw .referenceNotPositive(maximum: dataRange)
    }
    for mask in masks where mask.rows != image.rows || mask.columns != image.columns {
      throw .maskMismatch(image: reference.shape, mask: [mask.rows, mask.columns])
    }
    self.shape = reference.shape
    self.dataRange = dataRange
    self.metrics = metrics
    self.masks = masks
    self.image = image
    let pixels = masks.map(\.pixelIndices)
    self.pixels = pixels
    energies = pixels.map { region in
      region.reduce(0) { $0 + image.values[$1] * image.values[$1] }
    }
    let side = min(image.rows, image.columns)
    func has(_ metric: Metric) -> Bool { metrics.contains(metric) && side >= metric.minimumSide }
    let scaled = image.scaled(by: 255 / dataRange)
    structure = has(.ssim) ? StructuralSimilarity(image, range: dataRange) : nil
    windows = has(.ssim) ? masks.map { $0.windowIndices(side: similarityWindow) } : []
    highFrequency = has(.hfen) ? HighFrequencyError(image) : nil
    information = has(.vif) ? VisualInformation(scaled, masks: masks) : nil
    haar = has(.haarpsi) ? HaarWaveletSimilarity(scaled, masks: masks) : nil
    gradient = has(.gmsd) ? GradientSimilarity(scaled, masks: masks) : nil
  }

  /// Measures `reconstruction`, a magnitude image of the reference's shape, in each region, in the
  /// order of `masks`.
  ///
  /// - Throws: `MetricError` for another shape and for a pixel that is not finite.
  public func measure(_ reconstruction: RealArray) throws(MetricError) -> [SliceMeasurement] {
    guard reconstruction.shape == shape else {
      throw .shapeMismatch(reference: shape, reconstruction: reconstruction.shape)
    }
    let test = try finitePlane(reconstruction, .reconstruction)
    let scaled = test.scaled(by: 255 / dataRange)
    let maps: [(Metric, [Double?])] = [
      (.ssim, similarities(test)),
      (.hfen, highFrequency?.values(test, over: pixels) ?? []),
      (.vif, information?.values(scaled) ?? []),
      (.haarpsi, haar?.values(scaled) ?? []),
      (.gmsd, gradient?.values(scaled) ?? []),
    ]
    return masks.indices.map { region in
      let error = pixels[region].reduce(0.0) { sum, index in
        let difference = image.values[index] - test.values[index]
        return sum + difference * difference
      }
      var values = pixelValues(error: error, region: region)
      for (metric, figures) in maps where !figures.isEmpty { values[metric] = figures[region] }
      return SliceMeasurement(
        pixels: pixels[region].count, squaredError: error, referenceEnergy: energies[region],
        values: values)
    }
  }

  private func pixelValues(error: Double, region: Int) -> [Metric: Double] {
    let count = pixels[region].count
    guard count > 0 else { return [:] }
    let nmse = normalized(error, by: energies[region])
    let all: [Metric: Double] = [
      .psnr: peakSignalToNoise(meanSquaredError: error / Double(count), peak: dataRange),
      .nmse: nmse,
      .nrmse: nmse.squareRoot(),
    ]
    return all.filter { metrics.contains($0.key) }
  }

  private func similarities(_ test: Plane) -> [Double?] {
    guard let structure else { return [] }
    let map = structure.map(test).values
    return windows.map { region in
      region.isEmpty ? nil : region.reduce(0) { $0 + map[$1] } / Double(region.count)
    }
  }
}

/// The slice in double precision, which must be `[rows, columns]` with pixels and finite.
private func finitePlane(
  _ image: RealArray, _ subject: MetricError.Subject
) throws(MetricError) -> Plane {
  guard image.shape.count == 2, image.count > 0 else { throw .notImages(shape: image.shape) }
  let columns = image.shape[1]
  if let bad = image.values.firstIndex(where: { !$0.isFinite }) {
    throw .notFinite(subject, slice: 0, row: bad / columns, column: bad % columns)
  }
  return Plane(rows: image.shape[0], columns: columns, values: image.values.map(Double.init))
}
