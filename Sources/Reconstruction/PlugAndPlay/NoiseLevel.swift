import Acquisition
import Arrays
import Numerics

/// The noise of the measurements, from the sampled data alone.
enum NoiseLevel {
  /// The standard deviation of the real part of the noise in an image combined by normalised maps.
  ///
  /// The samples looked at are the outer eighth of the rows at either end in columns beyond the
  /// calibration lines, or in all sampled columns where these are few: there is little signal there. In
  /// each coil the median of the absolute parts over 0.6745 is the deviation, which what signal there is
  /// hardly moves; the coils' mean square is that of an image, whose maps have Σ|S|² = 1. The transform
  /// is unitary, so image and k-space have the same noise.
  ///
  /// - Parameter kspace: `[coils, rows, columns]`.
  static func estimate(kspace: ComplexArray, mask: SamplingMask) -> Float {
    let (coils, rows, columns) = (kspace.shape[0], kspace.shape[1], kspace.shape[2])
    let calibration = mask.calibrationColumns
    let sampled = mask.columns.indices.filter { mask.columns[$0] }
    let beyond = sampled.filter { !calibration.contains($0) }
    let looked = beyond.count >= 5 ? beyond : sampled
    let outer = max(1, rows / 8)
    let lines = Array(0..<outer) + Array((rows - outer)..<rows)
    var total = 0.0
    for coil in 0..<coils {
      let parts = lines.flatMap { row in
        looked.flatMap { column -> [Float] in
          let value = kspace.values[(coil * rows + row) * columns + column]
          return [abs(value.real), abs(value.imaginary)]
        }
      }
      let deviation = Double(percentile(parts, 50)) / 0.6745
      total += deviation * deviation
    }
    return Float((total / Double(coils)).squareRoot())
  }
}
