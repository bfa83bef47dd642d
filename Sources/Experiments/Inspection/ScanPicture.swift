import Acquisition
import Arrays
import Evaluation
import Foundation
import Numerics
import ScanFiles

/// A slice at a glance: its image, the logarithm of its k-space, what is sampled, and each coil's image.
enum ScanPicture {
  /// So many decades below the largest value are shown of k-space.
  private static let decades: Float = 5
  private static let perRow = 4
  private static let mostCoils = 32

  /// The sheet of slice `slice` of `scan`, whose k-space is `kspace` `[coils, rows, columns]`.
  static func sheet(
    of scan: ReadoutCroppedScan, kspace: ComplexArray, slice: Int, coils: [CoilCheck.Coil],
    warnings: [String]
  ) throws -> PictureGrid {
    let (rows, columns) = (scan.rows, scan.columns)
    let size = rows * columns
    var images = kspace
    FourierTransform(rows: rows, columns: columns).inverse(&images)
    let image = rootSumOfSquares(images)
    let mask = try scan.samplingMask()
    let sampled = RealArray(
      shape: [rows, columns],
      values: (0..<size).map { place in
        // Not white, as the sheet is.
        mask.samples[place % mask.samples.count]
          ? 0.8 : scan.acquiredColumns.contains(place % columns) ? 0 : 0.4
      })
    let padding = columns - scan.acquiredColumns.count
    let first: [PictureGrid.Cell] = [
      .init(
        .grey(SliceWindow(reference: image).grey(image)), title: "root sum of squares",
        note: "\(rows) × \(columns)"),
      .init(
        .grey(GreyImage(logarithm(rootSumOfSquares(kspace)), white: 1)), title: "k-space",
        note: "\(Int(decades)) decades, all coils"),
      .init(
        .grey(GreyImage(sampled, white: 1)), title: "sampled",
        note: "\(mask.sampledCount) \(mask.unit)" + (padding > 0 ? ", dark: padding" : "")),
    ]
    var cells: [PictureGrid.Cell] = []
    for coil in 0..<min(kspace.shape[0], mostCoils) {
      let magnitude = RealArray(
        shape: [rows, columns],
        values: images.values[coil * size..<(coil + 1) * size].map(\.length))
      let noise = coils[coil].noise.map { String(format: "noise %.2g", $0) } ?? "noise unknown"
      cells.append(
        .init(
          .grey(SliceWindow(reference: magnitude).grey(magnitude)),
          title: "coil \(coil)" + (coils[coil].fault.map { ": \($0.rawValue)" } ?? ""),
          note: noise
            + String(format: ", max %.2g", magnitude.values.max() ?? 0)))
    }
    let grid = stride(from: 0, to: cells.count, by: perRow).map {
      Array(cells[$0..<min(cells.count, $0 + perRow)])
    }
    let rest = kspace.shape[0] - cells.count
    return try PictureGrid(
      heading: "\(printable(fileName(scan.file))) · \(scan.layout.rawValue) · slice \(slice) of "
        + "\(scan.slices) · \(scan.coils) coil\(scan.coils == 1 ? "" : "s")",
      rows: [first] + grid,
      foot: (warnings.map { "Warning: \(printable($0))." } + [
        "Each image is grey from 0 to its own 99.8th percentile"
          + (scan.crop.keptRows < scan.crop.rows ? "; the readout oversampling is removed." : "."),
        rest > 0 ? "\(rest) more coils are not shown." : "",
      ]).filter { !$0.isEmpty }.joined(separator: " "))
  }

  /// The root sum of squares over the coils of `[coils, rows, columns]`.
  private static func rootSumOfSquares(_ values: ComplexArray) -> RealArray {
    let size = values.shape[1] * values.shape[2]
    var squares = [Double](repeating: 0, count: size)
    for (index, value) in values.values.enumerated() {
      let (real, imaginary) = (Double(value.real), Double(value.imaginary))
      squares[index % size] += real * real + imaginary * imaginary
    }
    return RealArray(
      shape: Array(values.shape.dropFirst()), values: squares.map { Float($0.squareRoot()) })
  }

  /// From 0, `decades` below the largest value, to 1.
  private static func logarithm(_ magnitudes: RealArray) -> RealArray {
    let largest = max(.leastNormalMagnitude, magnitudes.values.max() ?? 0)
    return RealArray(
      shape: magnitudes.shape,
      values: magnitudes.values.map {
        $0 > 0 ? max(0, 1 + Float.log10($0 / largest) / decades) : 0
      })
  }
}
