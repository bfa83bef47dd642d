import Arrays
import Foundation
import Numerics
import TestSupport

@testable import ScanFiles

/// The phantom of `Tests/PeerChecks/scan_fixtures.py`, which every file in `Tests/Fixtures/scans`
/// holds.
struct ScanFixture: Decodable {
  let coils: Int
  let rows: Int
  let columns: Int
  let slices: Int
  /// Where the marks are: first row, end of rows, first column, end of columns.
  let marks: [String: [Int]]
  /// The root sum of squares over the coils, `[slices, rows, columns]`.
  let rss: [Float]

  static func load() throws -> ScanFixture {
    let data = try Data(contentsOf: URL(fileURLWithPath: path("phantom.json")))
    return try JSONDecoder().decode(ScanFixture.self, from: data)
  }

  static func path(_ name: String) -> String { fixturePath("scans/" + name) }

  /// The root sum of squares of slice `slice`, `[rows, columns]`.
  func image(_ slice: Int) -> RealArray {
    let size = rows * columns
    return RealArray(
      shape: [rows, columns], values: Array(rss[slice * size..<(slice + 1) * size]))
  }
}

/// The root sum of squares over the coil images of a scan's slice, without readout oversampling.
func imageOf(_ scan: any Scan, slice: Int) throws -> RealArray {
  var images = try ReadoutCroppedScan(scan).kspace(slice: slice)
  let (rows, columns) = (images.shape[1], images.shape[2])
  FourierTransform(rows: rows, columns: columns).inverse(&images)
  return RealArray(
    shape: [rows, columns],
    values: (0..<rows * columns).map { pixel in
      (0..<images.shape[0]).reduce(Float(0)) {
        $0 + images.values[$1 * rows * columns + pixel].lengthSquared
      }.squareRoot()
    })
}

/// The largest difference between two images after `image` is scaled to `reference` as least
/// squares would, over the largest value of `reference`; infinite for other shapes.
func relativeDifference(_ image: RealArray, _ reference: RealArray, scaled: Bool = false) -> Float {
  guard image.shape == reference.shape else { return .infinity }
  var factor: Float = 1
  if scaled {
    let above = zip(image.values, reference.values).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
    factor = Float(above / image.values.reduce(0.0) { $0 + Double($1) * Double($1) })
  }
  let largest = zip(image.values, reference.values).map { abs(factor * $0 - $1) }.max() ?? .infinity
  return largest / (reference.values.max() ?? 0)
}
