public import Arrays

/// The metrics of a volume whose slices come one after the other.
///
/// Only sums are kept. The data range, the maximum of the reference over the whole volume, must be
/// known beforehand; with it the figures are those of `measure` on the volume in one piece.
public struct StreamedMetrics: Sendable {
  /// The formulas used.
  public let definition: MetricDefinition
  /// The peak of PSNR and range of SSIM: the maximum of the reference volume.
  public let dataRange: Double
  private var sums: [SliceSums] = []
  private var pixels = 0

  /// Metrics by the `dataRange`, which must be positive, or `MetricError` is thrown.
  public init(
    dataRange: Double, definition: MetricDefinition = .fastMRI
  ) throws(MetricError) {
    guard dataRange > 0 else { throw .referenceNotPositive(maximum: dataRange) }
    self.dataRange = dataRange
    self.definition = definition
  }

  /// Adds a slice `[rows, columns]`, a magnitude image, and gives its metrics.
  ///
  /// - Throws: `MetricError` for shapes that differ, are no images or are smaller than 7×7, and
  ///   for a pixel that is not finite.
  @discardableResult
  public mutating func add(
    _ reconstruction: RealArray, against reference: RealArray
  ) throws(MetricError) -> ImageMetrics {
    let truth = DenseArray(shape: reference.shape, values: reference.values.map(Double.init))
    let test = DenseArray(
      shape: reconstruction.shape, values: reconstruction.values.map(Double.init))
    let (_, rows, columns) = try imageShape(truth, test)
    try requireFinite(truth, .reference, columns: columns, pixels: rows * columns)
    try requireFinite(test, .reconstruction, columns: columns, pixels: rows * columns)
    let slice: SliceSums
    switch definition {
    case .fastMRI:
      slice = SliceSums(
        squaredError: squaredDistance(truth.values, test.values),
        squaredNorm: squaredDistance(truth.values, nil),
        ssim: structuralSimilarity(
          truth.values, test.values, rows: rows, columns: columns, range: dataRange))
    }
    sums.append(slice)
    pixels += truth.count
    return slice.metrics(pixels: truth.count, range: dataRange)
  }

  /// The metrics over all slices added so far; nil before the first.
  public var volume: ImageMetrics? {
    sums.isEmpty
      ? nil : SliceSums(volumeOf: sums).metrics(pixels: pixels, range: dataRange)
  }
}
