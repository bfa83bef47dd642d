public import Arrays

/// PSNR, SSIM and NMSE of one slice or one volume.
public struct ImageMetrics: Sendable, Equatable {
  /// Peak signal-to-noise ratio in dB; +∞ for identical images.
  public let psnr: Double
  /// Structural similarity, at most 1.
  public let ssim: Double
  /// Normalised mean squared error; 0 for identical images, +∞ for a difference from an empty slice.
  public let nmse: Double

  /// Three figures that belong together.
  public init(psnr: Double, ssim: Double, nmse: Double) {
    self.psnr = psnr
    self.ssim = ssim
    self.nmse = nmse
  }
}

/// The metrics of a volume and of each of its slices, with the definition that they follow.
public struct VolumeMetrics: Sendable, Equatable {
  /// The formulas used.
  public let definition: MetricDefinition
  /// The peak of PSNR and range of SSIM: the maximum of the reference volume.
  public let dataRange: Double
  /// The metrics of each slice, all by the data range of the volume.
  public let slices: [ImageMetrics]
  /// The metrics over the volume: squared errors summed over all slices, SSIM averaged over slices.
  public let volume: ImageMetrics
}

/// Measures `reconstruction` against `reference`, both `[slices, rows, columns]` or
/// `[rows, columns]` (one slice) magnitude images, in double precision.
///
/// Neither image is scaled, cropped or masked. A slice's PSNR and SSIM use the data range of the
/// whole volume.
///
/// - Throws: `MetricError` for shapes that differ, are no images or are smaller than 7×7, for a
///   pixel that is not finite, and for a reference without signal.
public func measure(
  _ reconstruction: RealArray, against reference: RealArray,
  definition: MetricDefinition = .fastMRI
) throws(MetricError) -> VolumeMetrics {
  try measure(
    DenseArray(shape: reconstruction.shape, values: reconstruction.values.map(Double.init)),
    against: DenseArray(shape: reference.shape, values: reference.values.map(Double.init)),
    definition: definition)
}

/// The same for images held in double precision.
///
/// - Throws: `MetricError` as for single precision.
public func measure(
  _ reconstruction: DenseArray<Double>, against reference: DenseArray<Double>,
  definition: MetricDefinition = .fastMRI
) throws(MetricError) -> VolumeMetrics {
  let (slices, rows, columns) = try imageShape(reference, reconstruction)
  try requireFinite(reference, .reference, columns: columns, pixels: rows * columns)
  try requireFinite(reconstruction, .reconstruction, columns: columns, pixels: rows * columns)
  let range = reference.values.max() ?? 0
  guard range > 0 else { throw .referenceNotPositive(maximum: range) }

  switch definition {
  case .fastMRI:
    let pixels = rows * columns
    var parts = Array(repeating: SliceSums(), count: slices)
    parts.withUnsafeMutableBufferPointer { buffer in
      nonisolated(unsafe) let parts = buffer
      parallelFor(slices) { slice in
        let span = slice * pixels..<(slice + 1) * pixels
        let truth = Array(reference.values[span])
        let test = Array(reconstruction.values[span])
        parts[slice] = SliceSums(
          squaredError: squaredDistance(truth, test), squaredNorm: squaredDistance(truth, nil),
          ssim: structuralSimilarity(
            truth, test, rows: rows, columns: columns, range: range))
      }
    }
    let perSlice = parts.map { $0.metrics(pixels: pixels, range: range) }
    return VolumeMetrics(
      definition: definition, dataRange: range, slices: perSlice,
      volume: SliceSums(volumeOf: parts).metrics(pixels: pixels * slices, range: range))
  }
}

/// The sums that one slice, or a volume, contributes.
struct SliceSums: Sendable {
  var squaredError = 0.0
  var squaredNorm = 0.0
  var ssim = 0.0

  init(squaredError: Double = 0, squaredNorm: Double = 0, ssim: Double = 0) {
    (self.squaredError, self.squaredNorm, self.ssim) = (squaredError, squaredNorm, ssim)
  }

  /// Squared errors and norms summed over the slices, the similarity averaged.
  init(volumeOf slices: [SliceSums]) {
    self.init(
      squaredError: slices.reduce(0) { $0 + $1.squaredError },
      squaredNorm: slices.reduce(0) { $0 + $1.squaredNorm },
      ssim: slices.reduce(0) { $0 + $1.ssim } / Double(slices.count))
  }

  func metrics(pixels: Int, range: Double) -> ImageMetrics {
    ImageMetrics(
      psnr: peakSignalToNoise(meanSquaredError: squaredError / Double(pixels), peak: range),
      ssim: ssim,
      nmse: normalized(squaredError, by: squaredNorm))
  }
}

func imageShape(
  _ reference: DenseArray<Double>, _ reconstruction: DenseArray<Double>
) throws(MetricError) -> (slices: Int, rows: Int, columns: Int) {
  let shape = reference.shape
  guard shape == reconstruction.shape else {
    throw .shapeMismatch(reference: shape, reconstruction: reconstruction.shape)
  }
  guard shape.count == 2 || shape.count == 3 else { throw .notImages(shape: shape) }
  let slices = shape.count == 3 ? shape[0] : 1
  guard slices > 0 else { throw .notImages(shape: shape) }
  let rows = shape[shape.count - 2]
  let columns = shape[shape.count - 1]
  guard min(rows, columns) >= similarityWindow else {
    throw .tooSmall(rows: rows, columns: columns, window: similarityWindow)
  }
  return (slices, rows, columns)
}

func requireFinite(
  _ image: DenseArray<Double>, _ subject: MetricError.Subject, columns: Int, pixels: Int
) throws(MetricError) {
  guard let index = image.values.firstIndex(where: { !$0.isFinite }) else { return }
  throw .notFinite(
    subject, slice: index / pixels, row: index % pixels / columns, column: index % columns)
}
