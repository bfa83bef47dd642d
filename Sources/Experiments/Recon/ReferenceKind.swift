import Acquisition
import Arrays
import LinearOperators
import Numerics

/// Which image of the fully sampled k-space reconstructions are measured against.
public enum ReferenceKind: String, Sendable, CaseIterable, Codable {
  /// The coil images combined with the conjugate coil maps, which come from the fully sampled
  /// centre of k-space.
  case mvue
  /// The root sum of squares of the coil images.
  case rss

  /// What the image is, for captions.
  public var description: String {
    switch self {
    case .mvue: "MVUE (coil-combined) of the fully sampled k-space"
    case .rss: "RSS of the fully sampled k-space"
    }
  }

  /// The magnitude image `[rows, columns]` of the whole `kspace` `[coils, rows, columns]`.
  ///
  /// It is in the units of the k-space; `acquired` are the columns that hold data. For metrics only: no method may see it. Throws `CalibrationError` or `SamplingMaskError` where
  /// the data give no coil maps.
  func image(of kspace: ComplexArray, acquired: Range<Int>) throws -> RealArray {
    let (rows, columns) = (kspace.shape[1], kspace.shape[2])
    switch self {
    case .mvue:
      let mask = try SamplingMask.fullySampled(columns: columns, acquired: acquired)
      let maps = try coilMaps(of: kspace, mask: mask)
      let system = SENSEOperator(maps: maps.sensitivities, mask: mask.columns)
      return system.adjoint(system.hybrid(kspace)).magnitudes
    case .rss:
      var images = kspace
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
    }
  }
}

/// ESPIRiT's maps from the sampled calibration lines; 1 for a single coil, which needs none.
func coilMaps(
  of kspace: ComplexArray, mask: SamplingMask
) throws(CalibrationError) -> CoilMaps {
  guard kspace.shape[0] > 1 else {
    return CoilMaps(
      sensitivities: ComplexArray(shape: kspace.shape, repeating: .one),
      eigenvalues: RealArray(shape: Array(kspace.shape.dropFirst()), repeating: 1))
  }
  return try ESPIRiT().coilMaps(kspace: kspace, mask: mask)
}
