import Acquisition
import Arrays
import Foundation
import Numerics
public import ScanFiles

/// What is wrong or odd with a scan that can be read: axes in another order, dead coils, a centre of k-space
/// that is not where it should be, repetitions that are unlike.
public enum ScanSoundness {
  /// So many warnings are given of one scan.
  private static let most = 20
  /// Repetitions whose k-space is less alike are no repetitions of the same head in the same place.
  private static let leastCorrelation = 0.5

  /// Looks at the `slice` of `scan`.
  ///
  /// - Returns: a sentence without a full stop for each thing that is odd.
  ///
  /// Throws `ScanFileError` if the slice cannot be read, `ExperimentError` if the axes are in another order.
  public static func warnings(of scan: any Scan, slice: Int) throws -> [String] {
    try warnings(of: scan, kspace: scan.kspace(slice: slice))
  }

  static func warnings(of scan: any Scan, kspace: ComplexArray) throws -> [String] {
    if let fault = axesFault(kspace) { throw ExperimentError("\(scan.file): \(fault)") }
    var warnings: [String] = []
    if let mask = try? scan.samplingMask() {
      // Noise is that of the field of view that is reconstructed.
      let slice = ReadoutCroppedScan(source(of: scan)).crop.apply(kspace)
      warnings += CoilCheck(kspace: slice, mask: mask).warnings
    }
    if let text = peakWarning(peak(of: kspace), rows: scan.rows, columns: scan.columns) {
      warnings.append(text)
    }
    if let encoded = scan.header.encoded {
      if encoded.rows == scan.columns, encoded.columns == scan.rows, scan.rows != scan.columns {
        warnings.append(
          "the header's encoded matrix is \(encoded.rows) × \(encoded.columns) and the k-space "
            + "\(scan.rows) × \(scan.columns): rows and columns may be exchanged")
      } else if encoded.columns != scan.columns {
        warnings.append(
          "the header speaks of \(encoded.columns) columns and the k-space has \(scan.columns), so what it "
            + "says of padding is not used")
      }
    }
    if let averaged = source(of: scan).averaged {
      for (file, correlation) in zip(averaged.scans.dropFirst(), averaged.correlations)
      where correlation < leastCorrelation {
        warnings.append(
          "\(file.file) is unlike the first repetition (correlation "
            + String(format: "%.2f", correlation)
            + "): the mean of k-space loses what moved or changed its phase")
      }
    }
    return Array(warnings.prefix(most))
  }

  private static func source(of scan: any Scan) -> any Scan {
    (scan as? ReadoutCroppedScan)?.source ?? scan
  }

  /// Row and column of the largest power of `kspace` `[coils, rows, columns]` over all coils.
  static func peak(of kspace: ComplexArray) -> [Int] {
    let (rows, columns) = (kspace.shape[1], kspace.shape[2])
    var power = [Double](repeating: 0, count: rows * columns)
    for (index, value) in kspace.values.enumerated() { power[index % power.count] += energy(value) }
    let place = power.indices.max { power[$0] < power[$1] } ?? 0
    return [place / columns, place % columns]
  }

  /// What is to be said of a peak that is farther from the middle than a sixteenth of the matrix.
  static func peakWarning(_ peak: [Int], rows: Int, columns: Int) -> String? {
    let away = (abs(peak[0] - rows / 2), abs(peak[1] - columns / 2))
    guard away.0 > max(2, rows / 16) || away.1 > max(2, columns / 16) else { return nil }
    return
      "the largest k-space value is at row \(peak[0]), column \(peak[1]), far from the declared "
      + "centre \(rows / 2), \(columns / 2): check the axes and the header's centre"
  }

  /// A sentence if the first axis of `kspace` `[coils, rows, columns]` holds the centre of k-space as an axis of
  /// space does, and the last one does not: then the file's axes end with the coils.
  static func axesFault(_ kspace: ComplexArray) -> String? {
    let shape = kspace.shape
    guard shape[0] >= 16, shape[2] < shape[0] else { return nil }
    var sums = shape.map { [Double](repeating: 0, count: $0) }
    for (index, value) in kspace.values.enumerated() {
      let power = energy(value)
      sums[0][index / (shape[1] * shape[2])] += power
      sums[2][index % shape[2]] += power
    }
    /// The share of the middle quarter.
    func share(_ values: [Double]) -> Double {
      let half = max(1, values.count / 8)
      let middle = max(0, values.count / 2 - half)..<min(values.count, values.count / 2 + half)
      return values[middle].reduce(0, +) / max(.leastNormalMagnitude, values.reduce(0, +))
    }
    guard share(sums[0]) > 0.8, share(sums[2]) < 0.6 else { return nil }
    return
      "its k-space seems to have the coils as its last axis, for \(shape[0]) of what should be coils "
      + "have the centre of k-space in their middle; write the axes as (slices, coils, rows, columns)"
  }

  private static func energy(_ value: Complex<Float>) -> Double {
    let (real, imaginary) = (Double(value.real), Double(value.imaginary))
    return real * real + imaginary * imaginary
  }
}
