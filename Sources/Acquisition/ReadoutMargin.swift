import Arrays
import Numerics

/// Room for coil maps to change where an image is cut off along the readout.
///
/// A readout's oversampling is cut off the image, and with it what of the object lies beyond. k-space that is
/// made of the rest joins the first row to the last one, and so do ESPIRiT's maps, which are smooth: where
/// the object reaches both ends, they fit neither. In an image with empty rows at both ends they can go from
/// the one to the other there. The object itself may end abruptly: maps are smooth, images need not be.
struct ReadoutMargin {
  /// The rows of the image, and of the one with a margin.
  private let rows: Int
  private let paddedRows: Int

  /// The share of the rows that is added at either end, and the fewest.
  private static let share = 0.125
  private static let fewest = 8
  /// The rows at either end that are looked at, as a share, and the power there over the mean power of all
  /// rows, from which an object counts as cut off.
  private static let (edge, power) = (1.0 / 32, 0.05)

  /// The margin that `kspace` `[coils, rows, columns]` needs; nil for none.
  ///
  /// None where the object ends within the rows, rows were not measured, or `mask` samples points: both axes
  /// are then phase-encoded, and what lies beyond one end is in the data at the other.
  init?(kspace: ComplexArray, mask: SamplingMask) {
    guard mask.rows == nil else { return nil }
    let (coils, rows) = (kspace.shape[0], kspace.shape[1])
    let lines = mask.calibrationColumns
    guard !lines.isEmpty, rows >= 2 * Self.fewest else { return nil }
    let image = Self.part(kspace, lines)
    let isMeasured = (0..<rows).allSatisfy { row in
      (0..<coils).contains { coil in
        let start = (coil * rows + row) * lines.count
        return image.values[start..<start + lines.count].contains { $0 != .zero }
      }
    }
    guard isMeasured else { return nil }
    var space = image
    FourierTransform(rows: rows, columns: lines.count, axes: .rows).inverse(&space)
    let powers = (0..<rows).map { row in
      (0..<coils).reduce(0.0) { sum, coil in
        let start = (coil * rows + row) * lines.count
        return space.values[start..<start + lines.count].reduce(sum) {
          $0 + Double($1.lengthSquared)
        }
      }
    }
    let mean = powers.reduce(0, +) / Double(rows)
    let width = max(1, Int(Self.edge * Double(rows)))
    func end(_ rows: Range<Int>) -> Double { powers[rows].reduce(0, +) / Double(width) }
    guard mean.isFinite,
      end(0..<width) > Self.power * mean || end(rows - width..<rows) > Self.power * mean
    else { return nil }
    self.rows = rows
    paddedRows = rows + 2 * max(Self.fewest, Int(Self.share * Double(rows)))
  }

  /// The row of the margin's image at which the first row of the image lies.
  private var offset: Int { paddedRows / 2 - rows / 2 }

  /// The columns `lines` of k-space, `[coils, rows, lines]`.
  private static func part(_ kspace: ComplexArray, _ lines: Range<Int>) -> ComplexArray {
    let columns = kspace.shape[2]
    var values: [Complex<Float>] = []
    for line in 0..<kspace.shape[0] * kspace.shape[1] {
      values += kspace.values[line * columns + lines.lowerBound..<line * columns + lines.upperBound]
    }
    return ComplexArray(
      shape: [kspace.shape[0], kspace.shape[1], lines.count], values: values)
  }

  /// The k-space `[coils, padded rows, columns]` of the images with a margin; columns but the calibration lines
  /// of `mask` are zero.
  func widened(_ kspace: ComplexArray, mask: SamplingMask) -> ComplexArray {
    let (coils, columns) = (kspace.shape[0], kspace.shape[2])
    let lines = mask.calibrationColumns
    var image = Self.part(kspace, lines)
    FourierTransform(rows: rows, columns: lines.count, axes: .rows).inverse(&image)
    var wide = ComplexArray(zeros: [coils, paddedRows, lines.count])
    let count = rows * lines.count
    for coil in 0..<coils {
      let start = (coil * paddedRows + offset) * lines.count
      wide.values.replaceSubrange(
        start..<start + count, with: image.values[coil * count..<(coil + 1) * count])
    }
    FourierTransform(rows: paddedRows, columns: lines.count, axes: .rows).forward(&wide)
    var result = ComplexArray(zeros: [coils, paddedRows, columns])
    for line in 0..<coils * paddedRows {
      for (place, column) in lines.enumerated() {
        result.values[line * columns + column] = wide.values[line * lines.count + place]
      }
    }
    return result
  }

  /// The maps of the image, of those of the one with a margin.
  func narrowed(_ maps: CoilMaps) -> CoilMaps {
    let columns = maps.columns
    func cut(_ plane: Int) -> Range<Int> {
      let start = (plane * paddedRows + offset) * columns
      return start..<start + rows * columns
    }
    return CoilMaps(
      sensitivities: ComplexArray(
        shape: [maps.coils, rows, columns],
        values: (0..<maps.coils).flatMap { maps.sensitivities.values[cut($0)] }),
      eigenvalues: RealArray(
        shape: [rows, columns], values: Array(maps.eigenvalues.values[cut(0)])))
  }
}
