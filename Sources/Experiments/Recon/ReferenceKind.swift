import Acquisition
import Arrays
import LinearOperators
import Numerics
import ScanFiles

/// Which image reconstructions are measured against.
public enum ReferenceKind: String, Sendable, CaseIterable, Codable {
  /// The coil images combined with the conjugate coil maps, which come from the fully sampled
  /// centre of k-space.
  case mvue
  /// The root sum of squares of the coil images.
  case rss
  /// The image that the file brings with it, as `reconstruction_rss` or `reconstruction_esc` of fastMRI's
  /// files.
  case stored

  /// What the image is, for captions.
  public var description: String {
    switch self {
    case .mvue: "MVUE (coil-combined) of the fully sampled k-space"
    case .rss: "RSS of the fully sampled k-space"
    case .stored: "the image stored in the file"
    }
  }

  /// Why `scan` has no such image, or nil.
  func absence(in scan: any Scan) -> String? {
    switch self {
    case .mvue, .rss:
      scan.isFullySampled
        ? nil : "the file holds no fully sampled k-space, so there is nothing to measure against"
    case .stored:
      (try? scan.reference(slice: 0)) == nil
        ? "the file holds no reference image, so there is nothing to measure against" : nil
    }
  }

  /// The magnitude image of a slice, cut to the scan's `imageSize`, in the units of the k-space; for metrics
  /// only, no method may see it.
  ///
  /// What partial Fourier leaves out is filled by `filling`.
  ///
  /// Throws `ScanFileError` where it cannot be read, `ExperimentError` where the file holds none or one of
  /// another size, `CalibrationError` or `SamplingMaskError` where the data give no coil maps.
  func image(
    of scan: any Scan, slice: Int, filling: PartialFourierFilling = .zero, mapSets: Int = 1
  ) throws -> RealArray {
    let size = scan.imageSize
    guard self == .stored else {
      return centre(
        of: try image(
          of: try scan.kspace(slice: slice), acquired: scan.acquiredColumns,
          filler: PartialFourierFiller(axes: scan.partialFourier), filling: filling,
          mapSets: mapSets), size: size)
    }
    guard let image = try scan.reference(slice: slice) else {
      throw ExperimentError("\(scan.file): holds no reference image; choose mvue or rss")
    }
    guard image.shape == [size.rows, size.columns] else {
      throw ExperimentError(
        "\(scan.file): its reference image has \(image.shape[0]) × \(image.shape[1]) pixels, the "
          + "reconstruction \(size.rows) × \(size.columns); choose mvue or rss")
    }
    guard image.values.allSatisfy(\.isFinite) else {
      throw ExperimentError(
        "\(scan.file): the reference image of slice \(slice) is not finite; choose mvue or rss")
    }
    return image
  }

  /// The magnitude image `[rows, columns]` of `mvue` or `rss`, of the whole `kspace` `[coils, rows, columns]`.
  ///
  /// It is in the units of the k-space; `acquired` are the columns that hold data, and `filler` fills the rest
  /// by `filling`. For metrics only: no method may see it. Throws `CalibrationError` or `SamplingMaskError`
  /// where the data give no coil maps.
  func image(
    of kspace: ComplexArray, acquired: Range<Int>,
    filler: PartialFourierFiller = PartialFourierFiller(axes: []),
    filling: PartialFourierFilling = .zero, mapSets: Int = 1
  ) throws -> RealArray {
    let (rows, columns) = (kspace.shape[1], kspace.shape[2])
    switch self {
    case .mvue:
      let mask = try SamplingMask.fullySampled(columns: columns, acquired: acquired)
      let maps = try mapEstimate(of: kspace, mask: mask, count: mapSets).sets
      let image = combined(filler.fill(kspace, by: filling), by: maps)
      return (maps.count == 1 ? image : image.combinedParts).magnitudes
    case .rss:
      var images = filler.fill(kspace, by: filling)
      FourierTransform(rows: rows, columns: columns).inverse(&images)
      let pixels = rows * columns
      // The values of raw data are often so small that their squares vanish in `Float`.
      var squares = [Double](repeating: 0, count: pixels)
      for coil in 0..<kspace.shape[0] {
        for pixel in 0..<pixels {
          let value = images.values[coil * pixels + pixel]
          let (a, b) = (Double(value.real), Double(value.imaginary))
          squares[pixel] += a * a + b * b
        }
      }
      return RealArray(shape: [rows, columns], values: squares.map { Float($0.squareRoot()) })
    case .stored: shapeError("a stored reference is not made of k-space")
    }
  }
}
