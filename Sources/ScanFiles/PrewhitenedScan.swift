import Acquisition
public import Arrays
import Numerics

/// A scan without noise readouts whose coils are prewhitened by the noise in the corners of its image.
///
/// The corners of the middle slice, beyond head and readout, hold noise alone; where one of them has three times the
/// power of another they do not, and the scan is refused. ISMRMRD's noise readouts tell the noise better.
public struct PrewhitenedScan: DerivedScan {
  public let source: any Scan
  private let whitening: NoisePrewhitening
  private let side: Int

  /// The most that one corner's power may be of another's.
  static let mostPowerRatio = 3.0

  /// Throws `ScanFileError` for a scan that is undersampled, whose corners are not of noise alone, or one of
  /// whose coils has no noise.
  public init(_ source: any Scan) throws(ScanFileError) {
    func refuse(_ what: String) -> ScanFileError {
      ScanFileError(
        file: source.file,
        problem: .unsupported(what, cure: "leave out --whiten, or give raw data with a noise scan"))
    }
    guard source.isFullySampled else {
      throw refuse("is undersampled and holds no noise scan to prewhiten the coils by")
    }
    let (coils, rows, columns) = (source.coils, source.rows, source.columns)
    let side = max(2, min(rows, columns) / 12)
    var image = try source.kspace(slice: source.slices / 2)
    FourierTransform(rows: rows, columns: columns).inverse(&image)
    var samples: [Complex<Float>] = []
    var powers: [Double] = []
    for top in [0, rows - side] {
      for left in [0, columns - side] {
        let first = samples.count
        for row in top..<top + side {
          for column in left..<left + side {
            for coil in 0..<coils {
              samples.append(image.values[(coil * rows + row) * columns + column])
            }
          }
        }
        powers.append(samples[first...].reduce(0.0) { $0 + Double($1.lengthSquared) })
      }
    }
    let (least, most) = (powers.min() ?? 0, powers.max() ?? 0)
    guard most <= Self.mostPowerRatio * least else {
      throw refuse(
        "holds no noise scan, and the corners of its image no noise alone (one has "
          + "\(Int((most / max(least, .leastNormalMagnitude)).rounded())) times the power of another)"
      )
    }
    // Samples that were never measured have no noise, and the transform spreads the rest over the image.
    let measured = source.acquiredRows.count * source.acquiredColumns.count
    do {
      whitening = try NoisePrewhitening(
        samples: samples, coils: coils, bandwidthRatio: Double(measured) / Double(rows * columns))
    } catch {
      throw refuse("holds no noise scan, and the corners of its image no noise of every coil")
    }
    self.source = source
    self.side = side
  }

  public func kspace(slice: Int) throws(ScanFileError) -> ComplexArray {
    whitening.apply(try source.kspace(slice: slice))
  }

  /// Nil: a stored image is in other units.
  public func reference(slice: Int) -> RealArray? { nil }

  public var remarks: [String: String] {
    source.remarks.merging([
      "noise":
        "coils prewhitened by the four corners of \(side) × \(side) pixels of slice \(source.slices / 2)"
    ]) { $1 }
  }
}
